type Check = { ready?: boolean; reason?: string; checks?: Record<string, Check> }

/** What `/readyz` gives as the reason: of a service its checks, of the control origin the services it waits for. */
export function readinessReason(status: number, body: string): string {
  const answer = parse(body)
  const services = notReady(answer?.services).map(([name]) => name)
  if (services.length > 0) return `waits for ${services.join(', ')}`
  const checks = notReady(answer?.checks).map(([name, { reason }]) => `${name}: ${reason ?? 'not ready'}`)
  return checks.length > 0 ? checks.join('; ') : `/readyz says ${status} ${body.slice(0, 200)}`
}

function notReady(checks: Record<string, Check> = {}): [string, Check][] {
  return Object.entries(checks).filter(([, { ready }]) => ready === false)
}

function parse(
  body: string,
): { checks?: Record<string, Check>; services?: Record<string, Check> } | undefined {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

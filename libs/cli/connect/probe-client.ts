import type { Probe } from './clients.ts'

export type ProbeResult = {
  /** It went through AIRS-CP and was recorded. */
  isRecorded: boolean
  /** The provider took it. */
  isAccepted: boolean
  status: number
  exchange: string | undefined
  detail: string
}

const timeoutMs = 15_000

/** Sends a client's probe through the ingress. @throws where the ingress cannot be reached. */
export async function probeClient(
  ingress: string,
  probe: Probe,
  key: string | undefined,
): Promise<ProbeResult> {
  const { method, path, headers, body } = probe
  const response = await fetch(ingress + path, {
    method,
    headers: { ...headers, ...(key !== undefined && { 'x-airs-key': key }), 'user-agent': 'airs-connect' },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = (await response.text()).slice(0, 2_000)
  const exchange = response.headers.get('x-airs-exchange-id') ?? undefined
  return {
    isRecorded: exchange !== undefined,
    isAccepted: response.ok,
    status: response.status,
    exchange,
    detail: response.ok ? 'accepted' : (messageOf(text) ?? `status ${response.status}`),
  }
}

function messageOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } }
    return typeof error?.message === 'string' ? error.message : undefined
  } catch {
    return undefined
  }
}

import { type Client, createClient, type ReadinessAnswer } from '@airs-cp/client'
import type { Context } from './context.ts'
import { describeError } from './describe-error.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { isLoopback } from './is-loopback.ts'
import { failedChecks } from './readiness-problems.ts'

export type CheckResult = {
  check: string
  outcome: 'ok' | 'failed' | 'skipped'
  detail: string
  /** What to do. */
  advice?: string
  /** Of the command, when this is the first check that failed. */
  exitCode: ExitCode
}

const largestClockDifferenceMs = 5_000

/** Everything that has to be in order for AIRS-CP to be of use from here. */
export async function examine(context: Context): Promise<CheckResult[]> {
  const client = context.openClient()
  const { url } = context.settings()
  const readiness = await client.readiness().catch((error: unknown) => error as Error)
  if (readiness instanceof Error) {
    const { exitCode, message } = describeError(readiness, context.settings)
    const address = failed('address', exitCode, `${url.value} (from ${url.source})`, message)
    return [
      address,
      ...['token', 'services', 'clock', 'ingress'].map((check) => skipped(check, 'needs the address')),
    ]
  }
  return [
    passed('address', `${url.value} (from ${url.source})`),
    await examineToken(context),
    ...examineServices(readiness),
    examineClock(readiness),
    ...examineProviders(readiness),
    await examineIngress(context, readiness),
  ]
}

async function examineToken(context: Context): Promise<CheckResult> {
  try {
    await context.client().mode.get()
    return passed('token', `accepted (from ${context.settings().token!.source})`)
  } catch (error) {
    const { exitCode, message } = describeError(error, context.settings)
    const { token } = context.settings()
    const detail = token ? `not accepted (from ${token.source})` : 'not found'
    return failed('token', exitCode, detail, message)
  }
}

function examineServices({ services }: ReadinessAnswer): CheckResult[] {
  return Object.entries(services).map(([name, service]) =>
    service.ready
      ? passed(`service ${name}`, `ready at ${service.url}`)
      : failed(
          `service ${name}`,
          exitCodes.notReady,
          failedChecks(service).join('; ') || 'not ready',
          `See the log of ${name}; the stack of "npm start" keeps it as logs/${name}.log in its data directory.`,
        ),
  )
}

/** The ingress looks at the addresses that are configured. */
function examineProviders({ services }: ReadinessAnswer): CheckResult[] {
  const { ingress } = services
  if (!ingress?.ready) return []
  const problem = ingress.notes?.providers
  return [
    problem === undefined
      ? passed('providers', 'there is an API at each address that is configured')
      : failed(
          'providers',
          exitCodes.failed,
          problem,
          'Correct the base URL (AIRS_OPENAI_BASE_URL and its like, or baseUrl in AIRS_PROVIDERS_FILE) and start the ingress again.',
        ),
  ]
}

function examineClock({ date }: ReadinessAnswer): CheckResult {
  if (!date || Number.isNaN(date.getTime())) return skipped('clock', 'AIRS-CP does not tell its time')
  const differenceMs = Math.abs(date.getTime() - Date.now())
  const detail = `differs by ${Math.round(differenceMs / 1_000)} s`
  return differenceMs <= largestClockDifferenceMs
    ? passed('clock', `${detail} at most`)
    : failed(
        'clock',
        exitCodes.failed,
        detail,
        'Have both machines set their clocks by NTP: ranges of time mean something else there than here.',
      )
}

/** The console tells where it finds the ingress; from another machine that may mean nothing. */
async function examineIngress(context: Context, { services }: ReadinessAnswer): Promise<CheckResult> {
  const { AIRS_ENDPOINT } = context.io.env
  const endpoint = AIRS_ENDPOINT || services.ingress?.url
  if (!endpoint) return skipped('ingress', 'its address is not known; set AIRS_ENDPOINT')
  if (!AIRS_ENDPOINT && isLoopback(endpoint) && !isLoopback(context.settings().url.value))
    return skipped(
      'ingress',
      `${endpoint} is on the machine of AIRS-CP; set AIRS_ENDPOINT to where apps reach it`,
    )
  try {
    await reach(endpoint)
    return passed('ingress', `answers at ${endpoint}; apps use ${endpoint}/v1`)
  } catch (error) {
    const { message } = error as Error
    return failed(
      'ingress',
      exitCodes.unreachable,
      message,
      'Start it, or set AIRS_ENDPOINT to where apps reach it.',
    )
  }
}

async function reach(url: string): Promise<void> {
  await using client: Client = createClient({ url })
  await client.alive()
}

function passed(check: string, detail: string): CheckResult {
  return { check, outcome: 'ok', detail, exitCode: exitCodes.done }
}

function skipped(check: string, detail: string): CheckResult {
  return { check, outcome: 'skipped', detail, exitCode: exitCodes.done }
}

function failed(check: string, exitCode: ExitCode, detail: string, advice: string): CheckResult {
  return { check, outcome: 'failed', detail, advice, exitCode }
}

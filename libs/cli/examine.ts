import {
  type Client,
  createClient,
  isLoopback,
  type ModeSetting,
  type ReportedReadiness,
} from '@airs-cp/client'
import { modeMeanings } from '@airs-cp/events'
import { upstreamText } from './commands/upstream-text.ts'
import type { Context } from './context.ts'
import { describeError } from './describe-error.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { formatNumberOf, formatShare, formatUsd } from './format.ts'
import { ingressNote } from './ingress-note.ts'
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
    ...examineFileSystem(readiness),
    ...examineSecondStage(readiness),
    ...(await examineTraffic(context)),
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

function examineServices({ services }: ReportedReadiness): CheckResult[] {
  return Object.entries(services).map(([name, service]) =>
    service.ready
      ? passed(`service ${name}`, `ready at ${service.url}`)
      : failed(
          `service ${name}`,
          exitCodes.notReady,
          failedChecks(service).join('; ') || 'not ready',
          `See the log of ${name}: logs/${name}.log in the data directory of "npm start", docker-compose logs ${name}, or kubectl logs.`,
        ),
  )
}

/** The ingress looks at the addresses that are configured. */
function examineProviders({ services }: ReportedReadiness): CheckResult[] {
  const { ingress } = services
  if (!ingress?.ready) return []
  const problem = ingressNote(ingress.notes, 'providers')
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

/** The ingress names a file system that may lose what was synced. */
function examineFileSystem({ services }: ReportedReadiness): CheckResult[] {
  const { ingress } = services
  if (!ingress?.ready) return []
  const doubt = ingressNote(ingress.notes, 'fileSystem')
  return [
    doubt === undefined
      ? passed('journal', 'on a file system that writes to a disk')
      : failed(
          'journal',
          exitCodes.failed,
          doubt,
          'Set AIRS_DATA_DIR of the ingress to a folder there, and start it again.',
        ),
  ]
}

/** Only where one is configured, or a policy asks for one. */
function examineSecondStage({ services: { ingress } }: ReportedReadiness): CheckResult[] {
  const problem = ingressNote(ingress?.notes, 'secondStage')
  const loaded = ingressNote(ingress?.notes, 'secondStageLoaded')
  if (problem !== undefined)
    return [
      failed(
        'second stage',
        exitCodes.failed,
        problem,
        'Correct what it names, and start the ingress again; docs/second-stage.md says what it needs.',
      ),
    ]
  return loaded === undefined ? [] : [passed('second stage', loaded)]
}

/** More than this part of a provider's exchanges has failed: something is wrong there, or with the credential. */
const tolerable = 0.2
const fewExchanges = 10

/** What decides, where requests go, and how they fared there in the last hour. */
async function examineTraffic(context: Context): Promise<CheckResult[]> {
  try {
    const { mode, figures } = context.client()
    const [setting, hour] = await Promise.all([
      mode.get(),
      figures.overview({ from: new Date(Date.now() - 3_600_000) }),
    ])
    const byName = new Map(hour.providers.map((provider) => [provider.provider, provider]))
    return [
      examineMode(setting),
      ...hour.upstreams.map((upstream) => {
        const { exchanges = 0, failed: failures = 0 } = byName.get(upstream.name) ?? {}
        const detail = `${upstreamText(upstream)}: ${
          exchanges === 0
            ? 'not used in the last hour'
            : `${formatShare(failures, exchanges)} of ${formatNumberOf(exchanges, 'exchange')} failed in the last hour`
        }`
        return exchanges >= fewExchanges && failures > tolerable * exchanges
          ? failed(
              `upstream ${upstream.name}`,
              exitCodes.failed,
              detail,
              `"airs exchanges --provider ${upstream.name} --state failed" and "airs usage error --from 1h" show what it responds.`,
            )
          : passed(`upstream ${upstream.name}`, detail)
      }),
      passed(
        'spend',
        `${formatUsd(hour.totals.costUsdMicros)} in the last hour; "airs usage key" shows by whom`,
      ),
    ]
  } catch (error) {
    return [skipped('traffic', (error as Error).message)]
  }
}

function examineMode({ mode, reason }: ModeSetting): CheckResult {
  const detail = `${mode}: ${modeMeanings[mode]}${reason ? ` (${reason})` : ''}`
  return mode === 'off' || mode === 'stop'
    ? failed(
        'mode',
        exitCodes.failed,
        detail,
        '"airs mode enforce" or "airs mode observe" puts policies in force.',
      )
    : passed('mode', detail)
}

function examineClock({ date }: ReportedReadiness): CheckResult {
  if (!date || Number.isNaN(date.getTime())) return skipped('clock', 'AIRS-CP does not send its time')
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

/** The console reports where it finds the ingress; from another machine that may mean nothing. */
async function examineIngress(context: Context, { services }: ReportedReadiness): Promise<CheckResult> {
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
    return passed('ingress', `responds at ${endpoint}; apps use ${endpoint}/v1`)
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

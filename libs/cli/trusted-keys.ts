import { readFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { replaceFile } from '@airs-cp/files'
import { formatVerifierKey, KeyError, parseVerifierKey, type VerifierKey } from '@airs-cp/transparency-log'
import { CommandError } from './command-error.ts'
import { configPath } from './config-file.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { printable } from './printable.ts'
import { runningStack } from './settings.ts'
import { readTrustedPolicy, type TrustedKey, type TrustedPolicy } from './witness-policy.ts'

/** Whom a person trusts: logs by their keys and, with a policy, witnesses of them. */
export type Trust = { keys: TrustedKey[]; policy: TrustedPolicy | undefined }

/** @throws CommandError where a key or the policy cannot be read. */
export function readTrust(
  context: Context,
  { key, policy: given }: { key?: string[]; policy?: string },
): Trust {
  const policy = given === undefined ? undefined : readTrustedPolicy(context, given)
  return { keys: policy ? policy.keys : readTrustedKeys(context, key ?? []), policy }
}

/**
 * The keys that a person trusts: those given, those of AIRS_LOG_KEY, or those that this machine knows. A key that lies
 * beside a file is none of them.
 * @throws CommandError where one cannot be read.
 */
export function readTrustedKeys({ io }: Context, given: readonly string[]): TrustedKey[] {
  if (given.length > 0) return given.flatMap((one) => readKeys(one, io.cwd, '--key'))
  const configured = io.env.AIRS_LOG_KEY
  if (configured) return configured.split(/[\s,]+/).flatMap((one) => readKeys(one, io.cwd, 'AIRS_LOG_KEY'))
  const file = knownLogsPath(io)
  return parseKeys(readIfThere(file) ?? '', file)
}

/**
 * Keeps the keys of the log of the AIRS-CP that is asked, so that its exports verify on this machine from now on.
 *
 * | the log that is asked                                  | its keys                    |
 * |--------------------------------------------------------|-----------------------------|
 * | is the first at this address                           | are kept                    |
 * | is known, and signs with a known key                   | are kept                    |
 * | is known, and signs with none that is known            | are not, unless `trust`     |
 * | is another one than this address had before            | are not, unless `trust`, or this machine's running stack was found without an address |
 *
 * @param trust a person says that the operator was asked.
 * @returns the keys that it signs with.
 */
export async function rememberLogKeys(
  context: Context,
  { trust = false }: { trust?: boolean } = {},
): Promise<VerifierKey[]> {
  const { url, log } = context.client()
  const { keys: found } = await log.status()
  const keys = found.map((key) => parseVerifierKey(key))
  const file = knownLogsPath(context.io)
  const text = (await readFile(file, 'utf8').catch(() => '')) || ''
  const known = parseKeys(text, file).map(({ key }) => key)
  const isKnown = (key: VerifierKey) => known.some((one) => formatVerifierKey(one) === formatVerifierKey(key))
  const added = keys.filter((key) => !isKnown(key))
  const name = keys[0]?.name
  if (added.length === 0 || name === undefined) return keys
  if (!trust && !keys.some(isKnown)) {
    const advice = 'it is not trusted. Ask its operator; to trust it: airs log key --trust'
    if (known.some((key) => key.name === name)) {
      context.note(`The key of log ${printable(name)} at ${url} is not the one that ${file} has: ${advice}`)
      return keys
    }
    const before = lastLogAt(text, url)
    if (before !== undefined && !isRunningHere(context)) {
      context.note(
        `At ${url} is log ${printable(name)}, where ${printable(before)} was before (${file}): ${advice}`,
      )
      return keys
    }
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const lines = added.map((key) => `${formatVerifierKey(key)} ${url} ${new Date().toISOString()}\n`)
  await replaceFile(file, text + lines.join(''))
  for (const key of added)
    context.note(
      `${trust ? 'Trusted' : `First seen at ${url}, and trusted`} from now on: log key ${printable(key.name)}+${key.id} (kept in ${file})`,
    )
  return keys
}

/** The name of the log that was seen last at an address. */
function lastLogAt(text: string, url: string): string | undefined {
  const line = text.split('\n').findLast((line) => line.trim().split(/\s+/)[1] === url)
  return line?.trim().split('+')[0]
}

function isRunningHere(context: Context): boolean {
  return context.settings().url.source === runningStack
}

export type { TrustedKey } from './witness-policy.ts'

export function trustedKeyLines(keys: readonly TrustedKey[]): string[] {
  return keys.map(({ key, source }) => `Trusted key: ${printable(key.name)}+${key.id}, from ${source}.`)
}

/** What to do where no key is trusted; begins with a space. */
export function keyAdvice(trusted: readonly TrustedKey[]): string {
  return trusted.length > 0
    ? ''
    : ' No key of a log is trusted here: get it from whoever operates AIRS-CP (airs log key), not from where the file came from, and give it with --key.'
}

function knownLogsPath({ env, home }: Context['io']): string {
  return join(dirname(configPath(env, home)), 'known-logs')
}

function readKeys(given: string, cwd: string, source: string): TrustedKey[] {
  if (/^[^+\s]+\+[0-9a-f]{8}\+\S+$/.test(given)) return parseKeys(given, source)
  const file = resolve(cwd, given)
  const text = readIfThere(file)
  if (text === undefined)
    throw unusable(
      `${source}: ${given} is neither a verifier key (NAME+ID+BASE64) nor a file that can be read`,
    )
  const keys = parseKeys(text, `${source} ${file}`)
  if (keys.length === 0) throw unusable(`${source}: ${file} has no verifier key`)
  return keys
}

/** A key per line; words behind it are for people. */
function parseKeys(text: string, source: string): TrustedKey[] {
  const words = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0]!)
    .filter((word) => word !== '' && !word.startsWith('#'))
  return words.map((word) => {
    try {
      return { key: parseVerifierKey(word), source }
    } catch (error) {
      if (!(error instanceof KeyError)) throw error
      throw unusable(`${source}: ${error.message}`)
    }
  })
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function unusable(problem: string): CommandError {
  return new CommandError(exitCodes.usage, 'key_invalid', `${problem}.`)
}

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  findSignatures,
  isQuorum,
  NoteError,
  PolicyFileError,
  parseNote,
  parseWitnessPolicy,
  type VerifierKey,
  type WitnessPolicy,
} from '@airs-cp/transparency-log'
import { CommandError } from './command-error.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { whyNotRead } from './why-not-read.ts'

/** A key of a log, and where the trust in it comes from. */
export type TrustedKey = { key: VerifierKey; source: string }

export type TrustedPolicy = { keys: TrustedKey[]; policy: WitnessPolicy; file: string }

/** A policy file (C2SP tlog-policy): keys of logs, witnesses, and which of them are enough. @throws CommandError */
export function readTrustedPolicy({ io }: Context, given: string): TrustedPolicy {
  const file = resolve(io.cwd, given)
  try {
    const policy = parseWitnessPolicy(readFileSync(file, 'utf8'))
    return { policy, file, keys: policy.logs.map(({ key }) => ({ key, source: `--policy ${file}` })) }
  } catch (error) {
    const { message } = error as Error
    const isPolicy = error instanceof PolicyFileError
    throw new CommandError(
      exitCodes.usage,
      'policy_invalid',
      isPolicy ? `${file}: ${message}.` : `${file} cannot be read: ${whyNotRead(error)}.`,
      { cause: error },
    )
  }
}

/** Why witnesses of a checkpoint are not enough; undefined where they are. */
export function witnessProblem(note: string, { policy }: TrustedPolicy): string | undefined {
  try {
    const signatures = findSignatures(
      parseNote(note),
      policy.witnesses.map(({ key }) => key),
    )
    const names = policy.witnesses.filter(({ key }) => signatures.some((one) => one.key === key))
    const seen = names.map(({ name }) => name)
    if (isQuorum(policy, new Set(seen))) return undefined
    return `Witnesses: the policy asks for ${policy.quorum}, and the checkpoint was cosigned by ${seen.join(', ') || 'none'}`
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return `Witnesses: ${error.message}`
  }
}

import { readFile } from 'node:fs/promises'
import { type Receipt, type ReceiptEvent, receiptSchema, verifyReceipt } from '@airs-cp/manifest'
import { parseProofFile } from '@airs-cp/transparency-log'
import { CommandError } from './command-error.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { formatNumberOf } from './format.ts'
import { printable } from './printable.ts'
import { keyAdvice, type Trust, trustedKeyLines } from './trusted-keys.ts'
import { witnessProblem } from './witness-policy.ts'

/** @throws CommandError where it does not hold, or is no receipt. */
export async function verifyReceiptFile(
  context: Context,
  file: string,
  { keys: trusted, policy }: Trust,
): Promise<void> {
  const receipt = await readReceipt(file)
  const { problems, checkpoint } = verifyReceipt(
    receipt,
    trusted.map(({ key }) => key),
  )
  if (policy && problems.length === 0) {
    const notes = new Set(receipt.events.map(({ proof }) => parseProofFile(proof).checkpoint))
    problems.push(...[...notes].flatMap((note) => witnessProblem(note, policy) ?? []))
  }
  const isValid = problems.length === 0
  const keys = trusted.filter(({ key }) => checkpoint?.signedBy.includes(key))
  context.result(
    {
      file,
      valid: isValid,
      proven: isValid,
      problems,
      of: receipt.of,
      log: checkpoint && {
        origin: checkpoint.origin,
        size: checkpoint.size,
        root: checkpoint.root.toString('base64'),
        keys: keys.map(({ key, source }) => ({ key: `${key.name}+${key.id}`, source })),
      },
    },
    () =>
      isValid
        ? [
            `${file} is proven: ${formatNumberOf(receipt.events.length, 'event')} of ${printable(Object.entries(receipt.of)[0]!.join(' '))}.`,
            ...receipt.events.map((event) => `  ${describeEvent(event)}`),
            `Each is a leaf of log ${printable(checkpoint!.origin)} under its checkpoint of ${formatNumberOf(checkpoint!.size, 'leaf', 'leaves')}: it was not changed since.`,
            ...trustedKeyLines(keys),
            'Not proven: that what was recorded was true when it was recorded, and that no further event belongs to it.',
          ].join('\n')
        : problems.map((problem) => printable(problem)).join('\n'),
  )
  if (!isValid)
    throw new CommandError(exitCodes.failed, 'not_verified', `${file} is not verified.${keyAdvice(trusted)}`)
}

async function readReceipt(file: string): Promise<Receipt> {
  try {
    return receiptSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new CommandError(
      exitCodes.failed,
      'receipt_invalid',
      `${file} is not a receipt: ${(error as Error).message}.`,
      { cause: error },
    )
  }
}

function describeEvent({ record, event, facts }: ReceiptEvent): string {
  const { id, type, time } = JSON.parse(record) as Record<string, string>
  const shown =
    event !== undefined ? 'with its content' : facts !== undefined ? 'without content' : 'digests only'
  return printable(`${time} ${type} ${id}, ${shown}`)
}

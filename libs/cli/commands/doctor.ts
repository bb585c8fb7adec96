import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { type CheckResult, examine } from '../examine.ts'
import { printable } from '../printable.ts'

export function configureDoctor(command: Command, context: Context): void {
  command
    .description('Check address, token, services, clock and ingress, and say what to do about what is wrong.')
    .action(() => doctor(context))
}

async function doctor(context: Context): Promise<void> {
  const results = await examine(context)
  const failed = results.find(({ outcome }) => outcome === 'failed')
  context.result({ ok: !failed, checks: results.map(({ exitCode: _, ...result }) => result) }, () =>
    results.map((result) => resultText(context, result)).join('\n'),
  )
  if (failed) throw new CommandError(failed.exitCode, 'check_failed', `Not in order: ${failed.check}.`)
}

const marks = {
  ok: ['green', 'ok    '],
  failed: ['red', 'FAILED'],
  skipped: ['dim', 'skip  '],
} as const

function resultText({ paint }: Context, { check, outcome, detail, advice }: CheckResult): string {
  const [colour, mark] = marks[outcome]
  const line = `${paint(colour, mark)}  ${check}: ${printable(detail)}`
  return advice ? `${line}\n        → ${printable(advice)}` : line
}

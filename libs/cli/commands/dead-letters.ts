import { type DeadLetter, deadLetterServices } from '@airs-cp/client'
import { Argument, type Command, Option } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatInstant } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'

type ListOptions = { service?: string; replayed?: boolean; limit: number }

export function configureDeadLetters(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List the events that services could not apply, with the reason, newest first.')
    .addOption(new Option('--service <name>', 'only of this service').choices(deadLetterServices))
    .option('--replayed', 'include those that were applied in the end')
    .option('-n, --limit <count>', 'how many at most of each service', readCount, 20)
    .action((options: ListOptions) => list(context, options))
  command
    .command('replay')
    .description('Try again to apply events that a service could not apply.')
    .addArgument(
      new Argument('<service>', 'the service that could not apply them').choices(deadLetterServices),
    )
    .argument('<id...>', 'numbers of the events, as "airs dead-letters list" prints them')
    .action((service: string, ids: string[]) => replay(context, service, ids.map(readCount)))
}

async function list(context: Context, { service, replayed = false, limit }: ListOptions): Promise<void> {
  const client = context.client()
  const services = service === undefined ? deadLetterServices : [service]
  const lists = await Promise.all(
    services.map(async (name) => {
      const letters = await client.deadLetters.list(name, { replayed, limit })
      return letters.map((letter) => ({ service: name, ...letter }))
    }),
  )
  const deadLetters = lists.flat()
  context.result({ deadLetters }, () => {
    if (deadLetters.length === 0) return 'No dead letters.'
    const header = ['service', 'id', 'failed', 'event', 'state', 'why'].map((title) =>
      context.paint('bold', title),
    )
    return formatTable([header, ...deadLetters.map(rowOf)])
  })
}

function rowOf(letter: DeadLetter & { service: string }): string[] {
  const { service, id, failedAt, eventId, attempts, replayedAt, error } = letter
  return [
    service,
    String(id),
    formatInstant(failedAt),
    eventId,
    replayedAt ? 'replayed' : `waits, tried ${attempts} times`,
    error,
  ].map(printable)
}

async function replay(context: Context, service: string, ids: number[]): Promise<void> {
  const results: { id: number; applied: boolean; error?: string }[] = []
  for (const id of ids) results.push({ id, ...(await context.client().deadLetters.replay(service, id)) })
  context.result({ service, results }, () =>
    results
      .map(
        ({ id, applied, error }) =>
          `${id}: ${applied ? 'applied' : `failed again: ${printable(error ?? '')}`}`,
      )
      .join('\n'),
  )
  const failed = results.filter(({ applied }) => !applied).map(({ id }) => id)
  if (failed.length > 0)
    throw new CommandError(
      exitCodes.failed,
      'replay_failed',
      `Not applied: ${failed.join(', ')} of ${service}.`,
    )
}

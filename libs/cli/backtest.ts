import type { Backtest, BacktestReport } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from './context.ts'
import { describeBacktest } from './describe-backtest.ts'
import { formatCount } from './format.ts'
import { namingPolicyFile } from './name-policy-file.ts'
import { createProgress } from './progress.ts'
import type { ProgressState } from './progress-line.ts'
import { measureRate } from './rate.ts'
import { readInput } from './read-input.ts'
import { fromHelp, readTimeRange, toHelp } from './time-range.ts'

type Options = { from?: string; to?: string; exchange?: string; enforce?: true; alone?: true }

export function configureBacktest(command: Command, context: Context): void {
  command
    .description(
      'Judge recorded exchanges by the policies of a file, and report which would have ended differently.',
    )
    .argument('<file>', 'one or several policy documents; - for standard input')
    .option('--from <time>', fromHelp)
    .option('--to <time>', `${toHelp}; default: now`)
    .option('--exchange <id>', 'only this exchange, whatever range is given')
    .option('--enforce', 'judge them as if they enforced, whatever mode they say')
    .option('--alone', 'without the other policies that are in force')
    .action((file: string, options: Options) => backtest(context, file, options))
}

async function backtest(
  context: Context,
  file: string,
  { from, to, exchange, enforce, alone }: Options,
): Promise<void> {
  const range = await readTimeRange({ from, to }, context.note)
  const policies = await readInput(file, context.io)
  const { backtests } = context.client()
  const asked = {
    policies,
    ...range,
    ...(exchange !== undefined && { exchange }),
    enforce: enforce === true,
    alone: alone === true,
  }
  const { id } = await namingPolicyFile(file, () => backtests.create(asked))
  const report = await follow(context, id)
  context.result({ id, ...report }, () => describeBacktest(report, context.paint))
}

/** Waits with a progress bar; interrupted, the backtest is cancelled, because nobody would look at it. */
async function follow(context: Context, id: string): Promise<BacktestReport> {
  const { backtests } = context.client()
  const signal = context.interruption()
  const progress = createProgress(context.io.stderr, context.io.env)
  const track = trackBacktest()
  try {
    await backtests.wait(id, {
      signal,
      onProgress: (state) => progress.show(track(state, performance.now())),
    })
    return await backtests.report(id)
  } catch (error) {
    if (signal.aborted) await backtests.cancel(id).catch(() => {})
    throw error
  } finally {
    progress.clear()
  }
}

function trackBacktest(): (backtest: Backtest, nowMs: number) => ProgressState {
  const rateOf = measureRate()
  return ({ state, exchanges, total, percent }, nowMs) => {
    const rate = rateOf(exchanges, nowMs)
    return {
      label: state === 'queued' ? 'Waiting' : 'Judging',
      fraction: percent / 100,
      amount: total === null ? 'counting' : `${formatCount(exchanges)} of ${formatCount(total)} exchanges`,
      ...(rate && { rate: `${formatCount(Math.round(rate))}/s` }),
      ...(rate && total !== null && { secondsLeft: (total - exchanges) / rate }),
    }
  }
}

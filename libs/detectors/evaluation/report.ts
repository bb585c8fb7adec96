import type { Calibration } from './calibration.ts'
import type { ChannelScores, GroupScores, InjectionEvaluation } from './evaluate-injection.ts'
import type { SpanEvaluation, SpanScores } from './evaluate-spans.ts'
import type { Cost } from './measure-cost.ts'
import { falsePositiveRates } from './ranking.ts'

export function reportSpans(detector: string, evaluation: SpanEvaluation): string {
  const { overall, core, negatives } = evaluation
  const row = (name: string, scores: SpanScores) => [
    name,
    ...(['precision', 'recall', 'f1'] as const).map((key) => ratio(scores[key])),
    String(scores.truePositives),
    String(scores.falsePositives),
    String(scores.falseNegatives),
  ]
  const head = ['', 'precision', 'recall', 'F1', 'found', 'false', 'missed']
  return [
    `${detector}: ${evaluation.rows} rows`,
    table([head, row('overall', overall), ...(core ? [row('core', core)] : [])]),
    `documents: AUC ${ratio(overall.auc)}${recalls(overall.recallAtFpr)}`,
    `without any span: ${negatives.documents}, of these hit ${negatives.hit} (${negatives.hitPercent.toFixed(1)} %)`,
    table([
      ['by source', ...head.slice(1)],
      ...Object.entries(evaluation.bySource).map(([name, s]) => row(name, s)),
    ]),
    table([
      ['by type', ...head.slice(1)],
      ...Object.entries(evaluation.byType).map(([name, s]) => row(name, s)),
    ]),
    `calibration of what was found\n${reportCalibration(evaluation.calibration)}`,
  ].join('\n\n')
}

export function reportInjection(evaluation: InjectionEvaluation): string {
  const { overall } = evaluation
  const row = ([name, scores]: [string, GroupScores]) => [
    name,
    String(scores.attacks),
    String(scores.benign),
    ratio(scores.accuracy),
    ratio(scores.recall),
    ratio(scores.falsePositiveRate),
    ratio(scores.auc),
    ...falsePositiveRates.map((rate) => ratio(scores.recallAtFpr?.[rate])),
  ]
  const head = [
    'attacks',
    'benign',
    'accuracy',
    'recall',
    'false pos.',
    'AUC',
    ...falsePositiveRates.map((rate) => `R@${rate * 100}%`),
  ]
  return [
    `injection: ${evaluation.rows} rows`,
    `at its threshold: precision ${ratio(overall.precision)}, recall ${ratio(overall.recall)}, F1 ${ratio(overall.f1)}`,
    `AUC ${ratio(overall.auc)}${recalls(overall.recallAtFpr)}`,
    table([['by source', ...head], ...Object.entries(evaluation.bySource).map(row)]),
    table([['by type', ...head], ...Object.entries(evaluation.byType).map(row)]),
    ...Object.entries(evaluation.byChannel).map(([name, scores]) => reportChannel(name, scores)),
  ].join('\n\n')
}

export function reportCost({ characters, microsPer2048, parseMicrosPer2048, worst }: Cost): string {
  const dearest =
    worst && `; dearest row ${worst.microsPer2048.toFixed(0)} µs (row ${worst.row + 1} of its detector)`
  return `cost: ${microsPer2048.toFixed(0)} µs of processor time per 2 KB, ${(microsPer2048 / parseMicrosPer2048).toFixed(0)} times what JSON.parse takes, over ${characters} characters${dearest ?? ''}`
}

function reportChannel(
  name: string,
  { attacks, benign, calibration, shipped, atRate }: ChannelScores,
): string {
  const lines = [
    `channel ${name}: ${attacks} attacks, ${benign} harmless`,
    `at the shipped policy's confidence ${shipped.threshold}: recall ${ratio(shipped.recall)}, false positives ${ratio(shipped.falsePositiveRate)}`,
  ]
  if (atRate)
    lines.push(
      `at ${100 * atRate.falsePositiveRate} % false positives (confidence ${ratio(atRate.threshold)}): recall ${ratio(atRate.recall)}`,
    )
  return [...lines, reportCalibration(calibration)].join('\n')
}

function reportCalibration({ bins, error }: Calibration): string {
  return [
    table([
      ['confidence from', 'rows', 'mean', 'right'],
      ...bins.map(({ from, rows, confidence, positive }) => [
        from.toFixed(1),
        String(rows),
        ratio(confidence),
        ratio(positive),
      ]),
    ]),
    `calibration error ${ratio(error)}`,
  ].join('\n')
}

function recalls(recallAtFpr: Record<string, number> | undefined): string {
  if (!recallAtFpr) return ''
  const parts = Object.entries(recallAtFpr).map(
    ([rate, recall]) => `${ratio(recall)} at ${Number(rate) * 100} %`,
  )
  return `; recall by false positives: ${parts.join(', ')}`
}

function ratio(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(3)
}

function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n')
}

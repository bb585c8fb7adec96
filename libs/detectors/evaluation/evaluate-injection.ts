import type { Detector } from '@airs-cp/detectors'
import { type Calibration, calibrationOf } from './calibration.ts'
import { type Channel, channels, mostFalsePositives, shippedThresholds } from './channel.ts'
import { emptyCounts, type Scores, scoresOf } from './counts.ts'
import {
  areaUnderCurve,
  falsePositiveRates,
  type RecallAtFpr,
  recallAt,
  recallAtFprs,
  thresholdAtFpr,
} from './ranking.ts'
import type { JudgedRow } from './rows.ts'

export type GroupScores = {
  attacks: number
  benign: number
  /** At the detector's own threshold. */
  accuracy: number
  recall?: number
  falsePositiveRate?: number
  /** Attacks of the group against all benign rows of the file, or, without attacks, benign rows against all attacks. */
  auc?: number
  /** Recall of the group's attacks where all benign rows of the file give the threshold. */
  recallAtFpr?: RecallAtFpr
}

export type ChannelScores = {
  attacks: number
  benign: number
  calibration: Calibration
  /** At the confidence that the shipped policy for the channel asks for. */
  shipped: { threshold: number; recall?: number; falsePositiveRate?: number }
  /** At the confidence that this share of the harmless rows of the channel reaches, no more. */
  atRate?: { falsePositiveRate: number; threshold: number; recall?: number }
}

export type InjectionEvaluation = {
  rows: number
  overall: Scores & { auc?: number; recallAtFpr?: RecallAtFpr; accuracy: number }
  thresholdAtFpr: Record<string, number>
  bySource: Record<string, GroupScores>
  /** `attack`, `benign`, attacks that are `explicit` or not, and the file's kinds. */
  byType: Record<string, GroupScores>
  byChannel: Partial<Record<Channel, ChannelScores>>
}

/** @param detector reports at its usual threshold. @param ranker the same without a threshold. */
export function evaluateInjection(
  rows: readonly JudgedRow[],
  detector: Detector,
  ranker: Detector,
): InjectionEvaluation {
  const scored = rows.map((row) => ({
    ...row,
    positive: row.attack,
    score: Math.max(0, ...ranker.detect(row.text).map(({ confidence }) => confidence)),
    flagged: detector.detect(row.text).length > 0,
  }))
  type ScoredRow = (typeof scored)[number]
  const attacks = scored.filter(({ attack }) => attack)
  const benign = scored.filter(({ attack }) => !attack)
  const scoresIn = (group: readonly ScoredRow[]) => group.map(({ score }) => score)
  const benignScores = scoresIn(benign)
  const thresholds = falsePositiveRates.map((rate) => thresholdAtFpr(benignScores, rate))

  const evaluateGroup = (group: readonly ScoredRow[]): GroupScores => {
    const hostile = group.filter(({ attack }) => attack)
    const harmless = group.filter(({ attack }) => !attack)
    const share = (of: readonly ScoredRow[]) => of.filter(({ flagged }) => flagged).length / of.length
    return {
      attacks: hostile.length,
      benign: harmless.length,
      accuracy: group.filter(({ attack, flagged }) => attack === flagged).length / group.length,
      ...(hostile.length > 0 && { recall: share(hostile) }),
      ...(harmless.length > 0 && { falsePositiveRate: share(harmless) }),
      auc: areaUnderCurve(hostile.length > 0 ? [...hostile, ...benign] : [...attacks, ...harmless]),
      ...(hostile.length > 0 &&
        benign.length > 0 && {
          recallAtFpr: Object.fromEntries(
            falsePositiveRates.map((rate, index) => [
              String(rate),
              recallAt(scoresIn(hostile), thresholds[index]!),
            ]),
          ),
        }),
    }
  }
  const groupsOf = (names: (row: ScoredRow) => string[]) => {
    const groups = new Map<string, ScoredRow[]>()
    for (const row of scored)
      for (const name of names(row)) groups.set(name, [...(groups.get(name) ?? []), row])
    return Object.fromEntries([...groups].map(([name, group]) => [name, evaluateGroup(group)]))
  }

  const evaluateChannel = (channel: Channel): ChannelScores => {
    const group = scored.filter((row) => row.channel === channel)
    const hostile = scoresIn(group.filter(({ attack }) => attack))
    const harmless = scoresIn(group.filter(({ attack }) => !attack))
    const rate = mostFalsePositives[channel]
    const at = thresholdAtFpr(harmless, rate)
    const threshold = shippedThresholds[channel]
    return {
      attacks: hostile.length,
      benign: harmless.length,
      calibration: calibrationOf(group),
      shipped: {
        threshold,
        ...(hostile.length > 0 && { recall: recallAt(hostile, threshold) }),
        ...(harmless.length > 0 && { falsePositiveRate: recallAt(harmless, threshold) }),
      },
      ...(harmless.length > 0 && {
        atRate: {
          falsePositiveRate: rate,
          threshold: at,
          ...(hostile.length > 0 && { recall: recallAt(hostile, at) }),
        },
      }),
    }
  }

  const counts = emptyCounts()
  for (const { attack, flagged } of scored) {
    if (attack && flagged) counts.truePositives++
    else if (attack) counts.falseNegatives++
    else if (flagged) counts.falsePositives++
  }
  return {
    rows: rows.length,
    overall: {
      ...scoresOf(counts),
      auc: areaUnderCurve(scored),
      recallAtFpr: recallAtFprs(scoresIn(attacks), benignScores),
      accuracy: scored.filter(({ attack, flagged }) => attack === flagged).length / scored.length,
    },
    thresholdAtFpr: Object.fromEntries(
      falsePositiveRates.map((rate, index) => [String(rate), thresholds[index]!]),
    ),
    bySource: groupsOf(({ source }) => [source]),
    byType: groupsOf((row) => [
      row.attack ? 'attack' : 'benign',
      ...(row.attack ? [row.explicit ? 'explicit' : 'not explicit'] : []),
      row.kind,
    ]),
    byChannel: Object.fromEntries(
      channels
        .filter((channel) => scored.some((row) => row.channel === channel))
        .map((channel) => [channel, evaluateChannel(channel)]),
    ),
  }
}

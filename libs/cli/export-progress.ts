import type { ExportJob } from '@airs-cp/client'
import { formatBytes, formatCount, formatNumberOf } from './format.ts'
import type { ProgressState } from './progress-line.ts'
import { measureRate } from './rate.ts'

/** How far the worker is with writing an export. */
export function trackWriting(): (job: ExportJob, nowMs: number) => ProgressState {
  const rateOf = measureRate()
  return ({ state, rows, percent }, nowMs) => {
    const rate = rateOf(rows, nowMs)
    const rowsLeft = percent > 0 ? (rows * (100 - percent)) / percent : undefined
    return {
      label: state === 'queued' ? 'Waiting' : 'Exporting',
      fraction: percent / 100,
      amount: formatNumberOf(rows, 'row'),
      ...(rate && { rate: `${formatCount(Math.round(rate))}/s` }),
      ...(rate && rowsLeft !== undefined && { secondsLeft: rowsLeft / rate }),
    }
  }
}

/** How far the download of a file is. */
export function trackDownload(totalBytes: number): (bytes: number, nowMs: number) => ProgressState {
  return trackBytes('Downloading', totalBytes)
}

/** How far something is that goes through so many bytes. */
export function trackBytes(
  label: string,
  totalBytes: number,
): (bytes: number, nowMs: number) => ProgressState {
  const rateOf = measureRate()
  return (bytes, nowMs) => {
    const rate = rateOf(bytes, nowMs)
    return {
      label,
      fraction: totalBytes === 0 ? 1 : bytes / totalBytes,
      amount: `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`,
      ...(rate && { rate: `${formatBytes(Math.round(rate))}/s`, secondsLeft: (totalBytes - bytes) / rate }),
    }
  }
}

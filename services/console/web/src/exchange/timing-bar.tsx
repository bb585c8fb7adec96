import { durationText } from '../ui/numbers.ts'
import type { Outcome } from './recorded-facts.ts'

/** Where the time went: before the first attempt, each attempt, and after the first byte. */
export function TimingBar({ outcome }: { outcome: Outcome }) {
  const { attempts, timing } = outcome
  if (!timing || timing.durationMs <= 0) return null
  const share = (ms: number) => `${Math.max(0.5, (100 * ms) / timing.durationMs)}%`
  return (
    <div className="flex flex-col gap-1">
      {attempts.map((attempt) => (
        <div key={attempt.startedAfterMs} className="flex items-center gap-2 text-sm">
          <div className="relative h-3 min-w-0 grow rounded-sm bg-raised">
            <div
              className={`absolute h-3 rounded-sm ${attempt.error || (attempt.status ?? 200) >= 400 ? 'bg-block' : 'bg-accent'}`}
              style={{
                left: share(attempt.startedAfterMs),
                width: share(attempt.durationMs),
                maxWidth: '100%',
              }}
            />
            {attempt === attempts.at(-1) && timing.firstByteMs !== undefined && (
              <div
                className="absolute h-3 w-px bg-ink"
                style={{ left: share(attempt.startedAfterMs + timing.firstByteMs) }}
                title="First byte"
              />
            )}
          </div>
          <span className="shrink-0">
            {attempt.provider} {attempt.status ?? attempt.error ?? ''} {durationText(attempt.durationMs)}
          </span>
        </div>
      ))}
      <p className="text-sm text-muted">
        {durationText(timing.durationMs)} in all
        {timing.firstByteMs !== undefined && `, first byte after ${durationText(timing.firstByteMs)}`}
      </p>
    </div>
  )
}

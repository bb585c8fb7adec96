import { useNow } from './use-now.ts'

const full = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
})

/** How long ago; the exact time with its zone on hover. */
export function Moment({ at, exact = false }: { at: string; exact?: boolean }) {
  const now = useNow()
  const date = new Date(at)
  return (
    <time dateTime={at} title={`${full.format(date)}\n${at}`} className="whitespace-nowrap">
      {exact ? full.format(date) : ago(now - date.getTime())}
    </time>
  )
}

/** The clock of the page is up to five seconds behind, so that what has just happened may lie ahead of it. */
export function ago(ms: number): string {
  if (ms < -10_000) return ahead(-ms)
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 2) return 'now'
  return `${inUnits(seconds)} ago`
}

function ahead(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  return seconds < 2 ? 'now' : `in ${inUnits(seconds)}`
}

function inUnits(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { modeQuery } from '../shell/mode.ts'
import { Icon } from '../ui/icon.tsx'

/** While the global mode is observe, a policy in mode enforce changes nothing: a mode of its own is not the whole answer. */
export function OnlyObserved({ enforcing }: { enforcing: readonly { name: string }[] }) {
  const { data } = useQuery(modeQuery)
  if (data?.mode !== 'observe' || enforcing.length === 0) return null
  return (
    <p
      role="note"
      className="tone-observe flex items-start gap-x-2 rounded border border-line bg-panel px-3 py-2"
    >
      <span className="toned mt-0.5">
        <Icon name="observe" />
      </span>
      <span className="grow">
        The mode of the whole installation is <b className="font-medium">observe</b>:{' '}
        {enforcing.length === 1
          ? `${enforcing[0]!.name} is in mode enforce and only observes`
          : `${enforcing.length} policies are in mode enforce and only observe`}
        . Nothing is blocked, redacted or throttled.{' '}
        <Link to={'/mode' as '/'} className="underline">
          Change the mode
        </Link>
      </span>
    </p>
  )
}

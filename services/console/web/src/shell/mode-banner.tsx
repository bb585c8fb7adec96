import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Icon } from '../ui/icon.tsx'
import { Moment } from '../ui/moment.tsx'
import { modeQuery, modes } from './mode.ts'

/** While no policy decides, or nothing passes, every page says so. */
export function ModeBanner() {
  const { data } = useQuery(modeQuery)
  if (!data || (data.mode !== 'off' && data.mode !== 'stop')) return null
  return (
    <div
      role="alert"
      className="stripes flex flex-wrap items-center gap-x-2 border-b border-block px-4 py-1.5 font-medium"
    >
      <Icon name="warning" />
      {modes[data.mode].name}: {modes[data.mode].meaning}
      <span className="font-normal">
        {data.reason && `“${data.reason}”`} {data.actor && `by ${data.actor}`}{' '}
        {data.changedAt && <Moment at={data.changedAt} />}
      </span>
      <Link to={'/mode' as '/'} className="ml-auto underline">
        Change the mode
      </Link>
    </div>
  )
}

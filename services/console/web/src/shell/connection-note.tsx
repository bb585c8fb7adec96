import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { readinessQuery } from '../health/queries.ts'
import { Icon } from '../ui/icon.tsx'

/** What does not work while a service is down. */
const losses: Record<string, string> = {
  ingress: 'apps reach no model through it',
  policy:
    'policies, keys and the mode cannot be seen or changed, and the ingress decides by those that it has',
  audit: 'figures, traffic and exchanges cannot be seen, and the ingress keeps what happens until they can',
  lineage: 'sessions and their lineage cannot be seen',
  export: 'exports cannot be made or fetched',
}

/** Says on every page that the connection is gone, or which service is down and what that means. */
export function ConnectionNote() {
  const { data, error } = useQuery(readinessQuery)
  const down = Object.entries(data?.services ?? {}).flatMap(([name, { ready }]) => (ready ? [] : [name]))
  if (!error && down.length === 0) return null
  return (
    <output className="flex flex-wrap gap-x-2 border-b border-line bg-raised px-4 py-1.5">
      <span className="tone-throttle toned flex h-5 items-center">
        <Icon name="warning" size={14} />
      </span>
      {error
        ? 'No connection to the console. It is tried again by itself; what you see may be out of date. Traffic does not pass through the console.'
        : down.map((name) => (
            <span key={name}>
              <strong className="font-medium">{name} is not ready:</strong> {losses[name] ?? 'see Health'}.
            </span>
          ))}
      {!error && (
        <Link to="/health" className="underline">
          See Health
        </Link>
      )}
    </output>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ApiProblem } from '../api/client.ts'
import { Empty } from '../ui/empty.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { Problem } from '../ui/problem.tsx'
import { History } from './history.tsx'
import { versionsQuery } from './queries.ts'

/** Of a name that no policy in force has: it was removed and can come back, or there never was one. */
export function NoPolicy({ name, restored }: { name: string; restored: () => void }) {
  const { data: versions, error, refetch } = useQuery(versionsQuery(name))
  if (error instanceof ApiProblem && error.status === 404) return <Unknown name={name} />
  if (error) return <Problem error={error} what={`The history of ${name}`} retry={refetch} />
  if (!versions) return <Loading />
  const removed = versions.find(({ document }) => document === null)
  return (
    <div className="flex flex-col gap-4">
      <header className="flex flex-col gap-1">
        <h1 className="text-lg font-semibold">{name} is not in force</h1>
        <p className="text-muted">
          {removed && (
            <>
              {removed.actor} removed it <Moment at={removed.appliedAt} />.{' '}
            </>
          )}
          “Roll back to this” brings a version back.
        </p>
      </header>
      <History name={name} current={undefined} restored={restored} />
    </div>
  )
}

function Unknown({ name }: { name: string }) {
  return (
    <Empty title={`There is no policy ${name}`}>
      <p className="text-muted">
        None of this name was ever applied here. A policy has its name from its own document, so it may be
        spelt differently:{' '}
        <Link to={'/policies' as '/'} className="text-accent underline">
          look at the policies in force
        </Link>
        , or{' '}
        <Link to={'/draft' as '/'} className="text-accent underline">
          draft one
        </Link>
        .
      </p>
    </Empty>
  )
}

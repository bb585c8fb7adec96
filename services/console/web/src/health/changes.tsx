import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { Schemas } from '../api/schemas.ts'
import { Button } from '../ui/button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { changesQuery } from './queries.ts'

type Change = Schemas['ControlChange']

const DiffView = lazy(() => import('../policies/diff-view.tsx'))

/** Who changed what in the control plane, when, and what it was before. */
export function Changes() {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(changesQuery)
  const [shown, setShown] = useState<Change>()
  const changes = data?.pages.flatMap(({ changes }) => changes)
  return (
    <Section title="Changes of the control plane">
      {error && <Problem error={error} what="The changes" retry={refetch} />}
      {!changes && !error && <Loading />}
      {changes?.length === 0 && <p className="text-muted">Nothing has been changed yet.</p>}
      {shown && (
        <div className="h-64">
          <Suspense fallback={<Loading />}>
            <DiffView before={shown.before ? asText(shown.before) : ''} after={asText(shown.after)} />
          </Suspense>
        </div>
      )}
      {changes && changes.length > 0 && (
        <Table
          label="Changes of the control plane"
          rows={changes}
          id={({ event }) => event}
          columns={[
            { title: 'when', cell: ({ time }) => <Moment at={time} /> },
            { title: 'who', cell: ({ actor }) => actor },
            { title: 'what', cell: ({ type }) => type.replace(/^airs\.|\.v\d+$/g, '').replaceAll('-', ' ') },
            { title: 'subject', cell: ({ subject }) => subject },
            { title: 'why', cell: ({ reason }) => reason ?? '', grows: true },
            {
              title: 'actions',
              cell: (change) => (
                <Button
                  kind="quiet"
                  onClick={() => setShown(shown?.event === change.event ? undefined : change)}
                >
                  {shown?.event === change.event ? 'Hide' : 'Before and after'}
                </Button>
              ),
            },
          ]}
        />
      )}
      {hasNextPage && (
        <Button onClick={() => fetchNextPage()} className="self-start">
          Show older changes
        </Button>
      )}
    </Section>
  )
}

/** The document of a policy as it stands; anything else as JSON. */
function asText(value: Record<string, unknown>): string {
  return typeof value.document === 'string' ? value.document : JSON.stringify(value, null, 2)
}

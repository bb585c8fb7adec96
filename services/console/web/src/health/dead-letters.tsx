import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import { useRefusal } from '../login/permissions.ts'
import { Button } from '../ui/button.tsx'
import { Id } from '../ui/copy.tsx'
import { Moment } from '../ui/moment.tsx'
import { Section } from '../ui/page.tsx'
import { problemText } from '../ui/problem-text.ts'
import { Table } from '../ui/table.tsx'
import { deadLettersQuery, type ServiceName, serviceNames } from './queries.ts'

/** Events that a service could not apply; each can be tried again. */
export function DeadLetters() {
  const refusal = useRefusal('replay dead letters')
  const found = useQueries({ queries: serviceNames.map((name) => deadLettersQuery(name)) })
  const [note, setNote] = useState<string>()
  const rows = found.flatMap(({ data = [] }, index) =>
    data.map((letter) => ({ ...letter, service: serviceNames[index]! })),
  )
  const replay = async (service: ServiceName, id: number) => {
    try {
      const done = await read(
        api.POST('/v1/dead-letters/{service}/{id}/replay', { params: { path: { service, id } } }),
      )
      setNote(done.applied ? 'Applied.' : `It failed again: ${done.error ?? ''}`)
      await queryClient.invalidateQueries({ queryKey: ['dead-letters'] })
    } catch (error) {
      setNote(problemText(error))
    }
  }
  const unknown = serviceNames.filter((_, index) => found[index]?.error)
  return (
    <Section title="Dead letters">
      {note && <output>{note}</output>}
      {unknown.length > 0 && (
        <p className="tone-throttle toned">Not known while it does not respond: {unknown.join(', ')}.</p>
      )}
      {rows.length === 0 ? (
        unknown.length === 0 && <p className="text-muted">Every event has been applied.</p>
      ) : (
        <Table
          label="Dead letters"
          rows={rows}
          id={({ service, id }) => `${service} ${id}`}
          columns={[
            { title: 'service', cell: ({ service }) => service },
            { title: 'failed', cell: ({ failedAt }) => <Moment at={failedAt} /> },
            {
              title: 'event',
              cell: ({ eventId }) => <Id value={eventId} short what="the id of the event" />,
            },
            { title: 'why', cell: ({ error }) => <span title={error}>{error}</span>, grows: true },
            { title: 'attempts', cell: ({ attempts }) => attempts, align: 'right' },
            {
              title: 'actions',
              cell: ({ service, id }) => (
                <Button kind="quiet" refusal={refusal} onClick={() => replay(service, id)}>
                  Replay
                </Button>
              ),
            },
          ]}
        />
      )}
    </Section>
  )
}

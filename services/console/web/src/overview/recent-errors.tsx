import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useLive } from '../shell/live.ts'
import { Badge } from '../ui/badge.tsx'
import { Moment } from '../ui/moment.tsx'
import { Section } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'
import { toneOfStatus } from '../ui/tone.ts'
import { errorsQuery } from './queries.ts'

/** The last calls that went wrong, whatever the range. */
export function RecentErrors() {
  const { live } = useLive()
  const { data = [] } = useQuery(errorsQuery(live))
  if (data.length === 0) return null
  return (
    <Section title="Recent errors">
      <Table
        label="Recent errors"
        rows={data}
        id={({ exchange }) => exchange}
        columns={[
          { title: 'time', cell: ({ requestedAt, endedAt }) => <Moment at={requestedAt ?? endedAt ?? ''} /> },
          {
            title: 'status',
            cell: ({ status }) => <Badge tone={toneOfStatus(status)}>{status ?? '–'}</Badge>,
          },
          {
            title: 'error',
            cell: ({ exchange, errorCode, state }) => (
              <Link
                to={`/exchanges/${exchange}` as '/'}
                className="underline decoration-line underline-offset-2 hover:decoration-current"
              >
                {errorCode ?? state}
              </Link>
            ),
            grows: true,
          },
          { title: 'provider', cell: ({ provider }) => provider ?? '–' },
          { title: 'model', cell: ({ model }) => model ?? '–' },
          { title: 'agent', cell: ({ agent }) => agent ?? '–' },
        ]}
      />
    </Section>
  )
}

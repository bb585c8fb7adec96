import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../ui/badge.tsx'
import { Field } from '../ui/field.tsx'
import { Section } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'
import { ingressesQuery, serviceNames, serviceQuery } from './queries.ts'

/** What each process runs with; a secret is never shown. */
export function Configuration() {
  const services = useQueries({ queries: serviceNames.map((name) => serviceQuery(name)) })
  const { data: ingresses = [] } = useQuery(ingressesQuery)
  const [filter, setFilter] = useState('')
  const [all, setAll] = useState(false)
  const rows = [
    ...ingresses
      .slice(0, 1)
      .flatMap(({ settings }) => settings.map((setting) => ({ ...setting, process: 'ingress' }))),
    ...services.flatMap(
      ({ data }) => data?.settings.map((setting) => ({ ...setting, process: data.service })) ?? [],
    ),
  ].filter(({ name, isSet }) => (all || isSet) && name.toLowerCase().includes(filter.toLowerCase()))
  return (
    <Section title="Configuration in force">
      <div className="flex flex-wrap items-end gap-3">
        <Field
          name="Name"
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
          placeholder="AIRS_"
        />
        <label className="flex h-7 items-center gap-1.5">
          <input type="checkbox" checked={all} onChange={({ target }) => setAll(target.checked)} />
          With defaults
        </label>
      </div>
      <Table
        label="Configuration in force"
        rows={rows}
        id={({ process, name }) => `${process} ${name}`}
        columns={[
          { title: 'process', cell: ({ process }) => process },
          { title: 'variable', cell: ({ name }) => <code className="font-mono text-sm">{name}</code> },
          {
            title: 'value',
            cell: ({ value, isSet }) =>
              value === null ? (
                <span className="text-muted">{isSet ? 'hidden, it is a secret' : 'not set'}</span>
              ) : (
                <code className="font-mono text-sm">{value}</code>
              ),
            grows: true,
          },
          {
            title: 'from',
            cell: ({ isSet }) =>
              isSet ? <Badge tone="observe">set</Badge> : <span className="text-muted">default</span>,
          },
        ]}
      />
    </Section>
  )
}

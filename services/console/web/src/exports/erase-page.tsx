import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import { useRefusal } from '../login/permissions.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Snippet } from '../ui/copy.tsx'
import { Field } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { bytesText, exactNumber, numberOf } from '../ui/numbers.ts'
import { Page, Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { names, optionsOf, SelectionFields, selectionOf, textOf } from './selection.tsx'

type Preview = {
  exchanges: number
  sessions: number
  events: number
  bytes: number
  alreadyErased: number
  heldExchanges: number
  first: string | null
  last: string | null
}

/** Erasing content, step by step: name it, count it, say why, erase it. */
export function ErasePage() {
  return (
    <Page
      title="Erase content"
      note="for ever, with every proof kept"
      same={{ cli: 'npx airs erasures', api: '/v1/erasures' }}
    >
      <p className="max-w-3xl">
        What people and models said is removed from the event store, the search, the lineage, the streams, the
        journals and the exports that are kept here. What is left proves that the exchanges were, when, how
        large, and what was decided. A file that somebody has downloaded is out of reach.
      </p>
      <EraseForm />
      <ErasureList />
    </Page>
  )
}

function EraseForm() {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>
  const refusal = useRefusal('erase content')
  const [given, setGiven] = useState<Record<string, string>>(() =>
    Object.fromEntries(names.flatMap(([name]) => (search[name] ? [[name, search[name]]] : []))),
  )
  const [reason, setReason] = useState('')
  const [preview, setPreview] = useState<Preview>()
  const [asks, setAsks] = useState(false)
  const [error, setError] = useState<unknown>()
  const selection = selectionOf(given)
  const change = (name: string, value: string) => {
    setGiven((before) => ({ ...before, [name]: value }))
    setPreview(undefined)
    setAsks(false)
  }
  const attempt = async (act: () => Promise<void>) => {
    setError(undefined)
    try {
      await act()
    } catch (problem) {
      setError(problem)
    }
  }
  const count = () =>
    attempt(async () => setPreview(await read(api.POST('/v1/erasure-previews', { body: { selection } }))))
  const erase = () =>
    attempt(async () => {
      await read(api.POST('/v1/erasures', { body: { selection, reason: reason.trim() } }))
      setPreview(undefined)
      setAsks(false)
      setReason('')
      await queryClient.invalidateQueries({ queryKey: ['erasures'] })
    })
  return (
    <form
      aria-label="Erase content"
      onSubmit={(event) => {
        event.preventDefault()
        if (!refusal) count()
      }}
      className="flex flex-col gap-3 rounded-md border border-line bg-panel p-3"
    >
      <SelectionFields given={given} change={change} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" kind="primary" refusal={refusal} disabled={Object.keys(selection).length === 0}>
          Count what this names
        </Button>
        <span className="text-muted">All that is filled in must apply. Counting erases nothing.</span>
      </div>
      {preview && (
        <>
          <p className="font-medium">
            {numberOf(preview.exchanges, 'exchange')} of {numberOf(preview.sessions, 'session')},{' '}
            {numberOf(preview.events, 'event')}, {bytesText(preview.bytes)}
            {preview.alreadyErased > 0 && `; ${exactNumber(preview.alreadyErased)} more are erased already`}
          </p>
          {preview.heldExchanges > 0 && (
            <p className="tone-throttle toned">
              {numberOf(preview.heldExchanges, 'exchange')} more {preview.heldExchanges === 1 ? 'is' : 'are'}{' '}
              on hold, and would stay.{' '}
              <Link to={'/exports/retention' as '/'} className="underline underline-offset-2">
                Retention and holds
              </Link>
            </p>
          )}
          {preview.first && preview.last && (
            <p className="text-muted">
              From <Moment at={preview.first} exact /> to <Moment at={preview.last} exact />
            </p>
          )}
          {preview.exchanges > 0 && (
            <div className="flex flex-wrap items-end gap-2">
              <div className="min-w-64 grow">
                <Field
                  name="Reason, for the record"
                  value={reason}
                  onChange={({ target }) => setReason(target.value)}
                />
              </div>
              <Button
                kind={asks ? 'danger' : 'plain'}
                refusal={refusal}
                disabled={reason.trim() === ''}
                onClick={() => (asks ? erase() : setAsks(true))}
                onBlur={() => setAsks(false)}
              >
                {asks ? 'Yes, erase it for ever' : `Erase ${numberOf(preview.exchanges, 'exchange')}`}
              </Button>
            </div>
          )}
        </>
      )}
      {error !== undefined && <Problem error={error} what="The erasure" />}
      <Snippet text={`npx airs erase${optionsOf(given)} --reason '…'`} what="the command" />
    </form>
  )
}

function ErasureList() {
  const { data, error, refetch } = useQuery({
    queryKey: ['erasures'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/erasures', { params: { query: { limit: 100 } }, signal }))).erasures,
    refetchInterval: 2_000,
  })
  return (
    <Section title="Erasures">
      {error && <Problem error={error} what="The erasures" retry={refetch} />}
      {data?.length === 0 && <p className="text-muted">Nothing has been erased.</p>}
      {data && data.length > 0 && (
        <Table
          label="Erasures"
          rows={data}
          id={({ id }) => id}
          columns={[
            { title: 'requested', cell: ({ requestedAt }) => <Moment at={requestedAt} /> },
            {
              title: 'state',
              cell: ({ state, problem }) => (
                <Badge tone={problem ? 'block' : state === 'completed' ? 'ok' : 'throttle'}>{state}</Badge>
              ),
            },
            {
              title: 'exchanges',
              cell: ({ erasedExchanges, exchanges }) =>
                `${exactNumber(erasedExchanges)} of ${exactNumber(exchanges)}`,
              align: 'right',
            },
            { title: 'of what', cell: ({ selection }) => textOf(selection) },
            {
              title: 'why',
              cell: ({ reason, problem }) => (problem ? `${reason}. ${problem}` : reason),
              grows: true,
            },
            { title: 'by', cell: ({ actor }) => actor },
          ]}
        />
      )}
    </Section>
  )
}

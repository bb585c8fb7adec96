import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import type { Schemas } from '../api/schemas.ts'
import { useRefusal } from '../login/permissions.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Snippet } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Field } from '../ui/field.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { exactNumber, numberOf } from '../ui/numbers.ts'
import { Page, Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { optionsOf, SelectionFields, selectionOf, textOf } from './selection.tsx'

type Retention = Schemas['Retention']

/** For how long is what kept, and what is kept in any case? */
export function RetentionPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['retention'],
    queryFn: ({ signal }) => read(api.GET('/v1/retention', { signal })),
    refetchInterval: 15_000,
  })
  return (
    <Page
      title="Retention and holds"
      same={{
        cli: 'npx airs retention\nnpx airs retention drops\nnpx airs hold',
        api: ['/v1/retention', '/v1/retention/drops', '/v1/holds'],
      }}
    >
      <p className="max-w-3xl">
        Content that is past its time is erased, and the proofs of it stay. Events that are past theirs are
        dropped by whole days, each with a signed record that names what was there. What is on hold is kept
        whole, whatever its age.
      </p>
      {error && <Problem error={error} what="The retention" retry={refetch} />}
      {!data && !error && <Loading rows={4} />}
      {data && <InForce of={data} />}
      {data && <Change key={`${data.contentDays} ${data.metadataDays}`} of={data} />}
      <Drops />
      <Holds />
    </Page>
  )
}

function daysText(days: number | null): string {
  return days === null ? 'for ever' : numberOf(days, 'day')
}

function InForce({ of }: { of: Retention }) {
  return (
    <Section title="In force">
      <Facts
        of={[
          ['Content', daysText(of.contentDays)],
          ['Events', `${daysText(of.metadataDays)}; the floor is ${daysText(of.floorDays)}`],
          [
            'Set by',
            of.setBy ? (
              <span key="by">
                {of.setBy.actor}, <Moment at={of.setBy.at} />: {of.setBy.reason}
              </span>
            ) : (
              'the configuration'
            ),
          ],
          ['Dropped', `${numberOf(of.droppedEvents, 'event')} of ${numberOf(of.droppedDays, 'day')}`],
          ['On hold', of.holds > 0 && exactNumber(of.holds)],
          ['Waits', of.problem],
        ]}
      />
    </Section>
  )
}

/** Empty is for ever. */
const daysOf = (text: string): number | null => (text.trim() === '' ? null : Number(text))

function Change({ of }: { of: Retention }) {
  const refusal = useRefusal('set the retention')
  const [content, setContent] = useState(of.contentDays?.toString() ?? '')
  const [metadata, setMetadata] = useState(of.metadataDays?.toString() ?? '')
  const [reason, setReason] = useState('')
  const [asks, setAsks] = useState(false)
  const [error, setError] = useState<unknown>()
  const wanted = { contentDays: daysOf(content), metadataDays: daysOf(metadata) }
  const isNumber = (days: number | null) => days === null || (Number.isInteger(days) && days > 0)
  const isChanged = wanted.contentDays !== of.contentDays || wanted.metadataDays !== of.metadataDays
  const belowFloor = wanted.metadataDays !== null && wanted.metadataDays < of.floorDays
  const save = async () => {
    setError(undefined)
    setAsks(false)
    try {
      await read(api.PUT('/v1/retention', { body: { ...wanted, belowFloor, reason: reason.trim() } }))
      await queryClient.invalidateQueries({ queryKey: ['retention'] })
    } catch (problem) {
      setError(problem)
    }
  }
  const option = (days: number | null) => days ?? 'forever'
  return (
    <form
      aria-label="Set the retention"
      onSubmit={(event) => {
        event.preventDefault()
        if (refusal) return
        if (asks) save()
        else setAsks(true)
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setAsks(false)
      }}
      className="flex flex-col gap-3 rounded-md border border-line bg-panel p-3"
    >
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Field
          name="Days of content"
          inputMode="numeric"
          placeholder="for ever"
          value={content}
          onChange={({ target }) => setContent(target.value)}
        />
        <Field
          name="Days of events"
          inputMode="numeric"
          placeholder="for ever"
          value={metadata}
          onChange={({ target }) => setMetadata(target.value)}
        />
        <Field
          name="Reason, for the record"
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </div>
      {belowFloor && (
        <p className="tone-throttle toned">
          This is less than the floor of {daysText(of.floorDays)}: laws may ask you to keep events for longer.
        </p>
      )}
      {error !== undefined && (
        <Problem error={error} what={error instanceof ApiProblem ? 'The retention' : 'The change'} />
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          type="submit"
          kind={asks ? 'danger' : 'primary'}
          refusal={refusal}
          disabled={
            !isChanged ||
            reason.trim() === '' ||
            !isNumber(wanted.contentDays) ||
            !isNumber(wanted.metadataDays)
          }
        >
          {asks ? 'Yes, remove what is older for ever' : 'Set the retention'}
        </Button>
        <div className="min-w-0 grow">
          <Snippet
            text={`npx airs retention set --content-days ${option(wanted.contentDays)} --metadata-days ${option(wanted.metadataDays)}${belowFloor ? ' --below-floor' : ''} --reason '…'`}
          />
        </div>
      </div>
    </form>
  )
}

function Drops() {
  const { data, error, refetch } = useQuery({
    queryKey: ['drops'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/retention/drops', { params: { query: { limit: 100 } }, signal }))).drops,
  })
  return (
    <Section title="Days that were dropped">
      {error && <Problem error={error} what="The dropped days" retry={refetch} />}
      {data?.length === 0 && <p className="text-muted">No day has been dropped.</p>}
      {data && data.length > 0 && (
        <Table
          label="Days that were dropped"
          rows={data}
          id={({ id }) => id}
          columns={[
            { title: 'day', cell: ({ day }) => day },
            {
              title: 'state',
              cell: ({ state }) => <Badge tone={state === 'dropped' ? 'ok' : 'throttle'}>{state}</Badge>,
            },
            { title: 'events', cell: ({ events }) => exactNumber(events), align: 'right' },
            { title: 'kept', cell: ({ kept }) => exactNumber(kept), align: 'right' },
            { title: 'sealed', cell: ({ sealedAt }) => <Moment at={sealedAt} />, grows: true },
            {
              title: 'record',
              cell: ({ id, day }) => (
                <a
                  href={`/v1/retention/drops/${id}/record`}
                  download={`drop-${day}.txt`}
                  className="underline decoration-line underline-offset-2 hover:decoration-current"
                >
                  Save record
                </a>
              ),
            },
          ]}
        />
      )}
    </Section>
  )
}

function Holds() {
  const refusal = useRefusal('place and release holds')
  const { data, error, refetch } = useQuery({
    queryKey: ['holds'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/holds', { params: { query: { limit: 100 } }, signal }))).holds,
  })
  const [given, setGiven] = useState<Record<string, string>>({})
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<unknown>()
  const [note, setNote] = useState<string>()
  const selection = selectionOf(given)
  const act = async (work: () => Promise<string>) => {
    setProblem(undefined)
    setNote(undefined)
    try {
      setNote(await work())
      setReason('')
      await queryClient.invalidateQueries({ queryKey: ['holds'] })
      await queryClient.invalidateQueries({ queryKey: ['retention'] })
    } catch (caught) {
      setProblem(caught)
    }
  }
  const place = () =>
    act(async () => {
      const hold = await read(api.POST('/v1/holds', { body: { selection, reason: reason.trim() } }))
      setGiven({})
      return `${numberOf(hold.exchanges, 'exchange is', 'exchanges are')} on hold, with those to come.`
    })
  const release = (id: string) =>
    act(async () => {
      const params = { path: { id } }
      await read(api.POST('/v1/holds/{id}/release', { params, body: { reason: reason.trim() } }))
      return 'Released.'
    })
  return (
    <Section title="Legal holds">
      <form
        aria-label="Place a hold"
        onSubmit={(event) => {
          event.preventDefault()
          if (!refusal) place()
        }}
        className="flex flex-col gap-3 rounded-md border border-line bg-panel p-3"
      >
        <SelectionFields
          given={given}
          change={(name, value) => setGiven((before) => ({ ...before, [name]: value }))}
        />
        <div className="flex flex-wrap items-end gap-2">
          <div className="min-w-64 grow">
            <Field
              name="Reason to place or release, for the record"
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          </div>
          <Button
            type="submit"
            kind="primary"
            refusal={refusal}
            disabled={Object.keys(selection).length === 0 || reason.trim() === ''}
          >
            Place hold
          </Button>
        </div>
        <Snippet text={`npx airs hold place${optionsOf(given)} --reason '…'`} />
      </form>
      {problem !== undefined && <Problem error={problem} what="The hold" />}
      {note && <output>{note}</output>}
      {error && <Problem error={error} what="The holds" retry={refetch} />}
      {data?.length === 0 && <p className="text-muted">Nothing is on hold.</p>}
      {data && data.length > 0 && (
        <Table
          label="Legal holds"
          rows={data}
          id={({ id }) => id}
          columns={[
            { title: 'placed', cell: ({ placedAt }) => <Moment at={placedAt} /> },
            {
              title: 'state',
              cell: ({ releasedAt }) => (
                <Badge tone={releasedAt ? 'neutral' : 'ok'}>{releasedAt ? 'released' : 'holds'}</Badge>
              ),
            },
            { title: 'of what', cell: ({ selection }) => textOf(selection) },
            { title: 'why', cell: (hold) => hold.releaseReason ?? hold.reason, grows: true },
            { title: 'by', cell: (hold) => hold.releasedBy ?? hold.actor },
            {
              title: 'actions',
              cell: ({ id, releasedAt }) =>
                releasedAt ? null : (
                  <Button
                    kind="quiet"
                    refusal={refusal}
                    disabled={reason.trim() === ''}
                    title={reason.trim() === '' ? 'Write a reason first' : undefined}
                    onClick={() => release(id)}
                  >
                    Release hold
                  </Button>
                ),
            },
          ]}
        />
      )}
    </Section>
  )
}

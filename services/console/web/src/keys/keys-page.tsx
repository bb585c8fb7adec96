import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import type { Schemas } from '../api/schemas.ts'
import { useRefusal } from '../login/permissions.ts'
import { useRange } from '../shell/time-range.ts'
import { ingressAddressQuery } from '../traffic/ingress-address.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Snippet } from '../ui/copy.tsx'
import { Empty } from '../ui/empty.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { exactNumber, moneyText, numberOf } from '../ui/numbers.ts'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { CreateKey, NewKey } from './create-key.tsx'

type Key = Schemas['ClientKey']

/** Who has access, and who spends? */
export function KeysPage() {
  const range = useRange()
  const refusal = useRefusal('make and revoke keys')
  const [creates, setCreates] = useState(false)
  const [rotated, setRotated] = useState<{
    key: string
    ingresses: Schemas['Activation']
    formerUntil: string
  }>()
  const [problem, setProblem] = useState<unknown>()
  const { data: ingress = 'http://localhost:8080' } = useQuery(ingressAddressQuery)
  const { data, error, refetch } = useQuery({
    queryKey: ['keys'],
    queryFn: async ({ signal }) => (await read(api.GET('/v1/keys', { signal }))).keys,
  })
  const { data: usage } = useQuery({
    queryKey: ['usage', 'key', range],
    queryFn: async ({ signal }) =>
      (
        await read(
          api.GET('/v1/usage/{by}', {
            params: { path: { by: 'key' }, query: { from: range, limit: 1_000 } },
            signal,
          }),
        )
      ).usage,
  })
  const used = new Map(usage?.map((one) => [one.value, one]))
  const act = async (work: () => Promise<unknown>) => {
    setProblem(undefined)
    try {
      await work()
      await queryClient.invalidateQueries({ queryKey: ['keys'] })
    } catch (error) {
      setProblem(error)
    }
  }
  const rotate = ({ keyId }: Key) =>
    act(async () => {
      const done = await read(
        api.POST('/v1/keys/{keyId}/rotate', { params: { path: { keyId } }, body: { graceSeconds: 86_400 } }),
      )
      setRotated({ key: done.key ?? '', ingresses: done.ingresses, formerUntil: done.formerUntil ?? '' })
    })
  const revoke = ({ keyId }: Key) =>
    act(() => read(api.DELETE('/v1/keys/{keyId}', { params: { path: { keyId } } })))
  return (
    <Page
      title="Keys"
      actions={
        <Button kind="primary" icon="plus" refusal={refusal} onClick={() => setCreates(true)}>
          Create key
        </Button>
      }
      same={{
        cli: `npx airs keys list\nnpx airs usage key --from ${range}`,
        api: ['/v1/keys', `/v1/usage/key?from=${range}`],
      }}
    >
      {creates && <CreateKey ingress={ingress} close={() => setCreates(false)} />}
      {rotated && <NewKey of={rotated} ingress={ingress} close={() => setRotated(undefined)} />}
      {problem !== undefined && <Problem error={problem} what="The change" />}
      {error && <Problem error={error} what="The keys" retry={refetch} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && !creates && (
        <Empty title="There are no client keys">
          <p className="text-muted">
            Without keys, whoever reaches the ingress may use it with a credential of the provider. A key
            names an app, and limits what it may spend:
          </p>
          <Snippet text="npx airs keys create claims-triage --budget-usd 50" />
        </Empty>
      )}
      {data && data.length > 0 && (
        <Table
          label="Client keys"
          rows={data}
          id={({ keyId }) => keyId}
          columns={[
            {
              title: 'key',
              cell: ({ name, keyId, revokedAt }) => (
                <span className="flex items-center gap-2">
                  <Link
                    to="/traffic"
                    search={{ key: keyId } as never}
                    className="font-medium underline decoration-line underline-offset-2 hover:decoration-current"
                  >
                    {name}
                  </Link>
                  {revokedAt && <Badge tone="block">revoked</Badge>}
                </span>
              ),
            },
            {
              title: 'limits',
              cell: ({ limits }) => <span title={limitText(limits)}>{limitText(limits)}</span>,
              grows: true,
            },
            {
              title: 'budget left',
              cell: ({ budget }) =>
                budget ? <Budget of={budget} /> : <span className="text-muted">no budget</span>,
              align: 'right',
            },
            { title: 'spent', cell: ({ spentUsdMicros }) => moneyText(spentUsdMicros), align: 'right' },
            {
              title: 'exchanges',
              cell: ({ keyId }) => exactNumber(used.get(keyId)?.exchanges ?? 0),
              align: 'right',
            },
            {
              title: 'last used',
              cell: ({ keyId }) => {
                const at = used.get(keyId)?.lastUsedAt
                return at ? <Moment at={at} /> : <span className="text-muted">not in this time</span>
              },
            },
            {
              title: 'created',
              cell: ({ createdAt, actor }) => (
                <span>
                  <Moment at={createdAt} /> by {actor}
                </span>
              ),
            },
            {
              title: 'actions',
              cell: (key) =>
                key.revokedAt ? null : (
                  <span className="flex gap-1">
                    {key.fingerprint === undefined && (
                      <Button kind="quiet" refusal={refusal} onClick={once(() => rotate(key))}>
                        Rotate
                      </Button>
                    )}
                    <Revoke refusal={refusal} revoke={() => revoke(key)} />
                  </span>
                ),
            },
          ]}
        />
      )}
    </Page>
  )
}

/** The second click of a double click does nothing. */
function once(act: () => void) {
  return ({ detail }: { detail: number }) => {
    if (detail < 2) act()
  }
}

/** It cannot be undone: a second press confirms. */
function Revoke({ refusal, revoke }: { refusal: string | undefined; revoke: () => void }) {
  const [asks, setAsks] = useState(false)
  return (
    <Button
      kind={asks ? 'danger' : 'quiet'}
      refusal={refusal}
      onBlur={() => setAsks(false)}
      onClick={once(() => {
        setAsks(!asks)
        if (asks) revoke()
      })}
    >
      {asks ? 'Yes, revoke it' : 'Revoke'}
    </Button>
  )
}

function Budget({ of }: { of: NonNullable<Key['budget']> }) {
  const { remainingUsdMicros, usdMicros, period, renewsAt } = of
  const isLow = remainingUsdMicros < usdMicros / 10
  return (
    <span
      className={isLow ? 'tone-throttle toned' : ''}
      title={`of ${moneyText(usdMicros)} a ${period}${renewsAt ? `, renews ${renewsAt}` : ''}`}
    >
      {moneyText(remainingUsdMicros)} of {moneyText(usdMicros)}
    </span>
  )
}

function limitText({
  models,
  providers,
  requestsPerMinute,
  tokensPerMinute,
  expiresAt,
}: Key['limits']): string {
  return (
    [
      models && `models ${models.join(', ')}`,
      providers && `providers ${providers.join(', ')}`,
      requestsPerMinute && `${numberOf(requestsPerMinute, 'request')} a minute`,
      tokensPerMinute && `${numberOf(tokensPerMinute, 'token')} a minute`,
      expiresAt && `until ${expiresAt.slice(0, 10)}`,
    ]
      .filter(Boolean)
      .join('; ') || 'none'
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { asDecision } from '../exchange/decision.ts'
import { DecisionChain } from '../exchange/decision-chain.tsx'
import { Said, Summary } from '../exchange/exchange-page.tsx'
import { exchangeQuery } from '../exchange/queries.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Loading } from '../ui/loading.tsx'
import { Problem } from '../ui/problem.tsx'

/** An exchange beside the list that it is in. */
export function Peek({ exchange, close }: { exchange: string; close: () => void }) {
  const { data, error, refetch } = useQuery(exchangeQuery(exchange))
  return (
    <aside
      aria-label="Exchange"
      className="flex h-full w-full flex-col gap-3 overflow-hidden border-l border-line bg-page p-3 max-lg:absolute max-lg:inset-0 max-lg:z-20 lg:w-[34rem] lg:shrink-0 xl:w-[40rem]"
    >
      <header className="flex items-center gap-1">
        <h2 className="truncate font-mono text-sm font-semibold">{exchange}</h2>
        <Copy text={exchange} what="the id" />
        <span className="ml-auto flex gap-1">
          <Link
            to={`/exchanges/${exchange}` as '/'}
            className="inline-flex h-7 shrink-0 items-center whitespace-nowrap rounded border border-line bg-panel px-2.5 hover:bg-raised"
          >
            Open exchange
          </Link>
          <Button kind="quiet" icon="close" onClick={close} aria-label="Close (Esc)" title="Close (Esc)" />
        </span>
      </header>
      {error ? <Problem error={error} what="The exchange" retry={refetch} /> : null}
      {!data && !error ? <Loading /> : null}
      {data && (
        <>
          <Summary exchange={data} />
          <div
            role="region"
            aria-label="Decisions"
            tabIndex={0}
            className="flex max-h-[38%] shrink-0 flex-col gap-3 overflow-y-auto"
          >
            <DecisionChain side="Request" decision={asDecision(data.requestDecision)} />
            {data.responseDecision && (
              <DecisionChain side="Response" decision={asDecision(data.responseDecision)} />
            )}
          </div>
          <Said exchange={data} />
        </>
      )}
    </aside>
  )
}

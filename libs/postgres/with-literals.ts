import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely'
import pg from 'pg'

/** The text of a query with its values written out, for statements that take no parameters. */
export function withLiterals(query: RawBuilder<unknown>): string {
  return query.compile(compiler).sql
}

class LiteralCompiler extends PostgresQueryCompiler {
  protected override appendValue(value: unknown): void {
    this.append(Array.isArray(value) ? `array[${value.map(literal).join(', ')}]` : literal(value))
  }
}

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new LiteralCompiler(),
  },
})

function literal(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return pg.escapeLiteral(value)
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value)
  throw new Error(`There is no literal for a value of type ${typeof value}`)
}

import { type Kysely, sql } from 'kysely'

/** Servers of the Model Context Protocol, their tools, and what people have decided on those. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.mcp_servers (
    source text not null,
    name text not null,
    url text not null,
    started_at timestamptz not null,
    primary key (source, name)
  )`.execute(database)
  await sql`create table policy.mcp_tools (
    server text not null,
    tool text not null,
    pinned text,
    found text not null,
    pinned_exchange text,
    found_exchange text not null,
    found_at timestamptz not null,
    is_configured boolean not null default false,
    primary key (server, tool)
  )`.execute(database)
  await sql`create table policy.mcp_decisions (
    server text not null,
    tool text not null,
    approved text,
    refused text,
    actor text not null,
    decided_at timestamptz not null,
    reason text not null,
    primary key (server, tool)
  )`.execute(database)
  await sql`alter table policy.activations add column tools_version integer`.execute(database)
  await sql`grant select, insert, update, delete on policy.mcp_servers to airs_policy`.execute(database)
  await sql`grant select, insert, update on policy.mcp_tools, policy.mcp_decisions to airs_policy`.execute(
    database,
  )
}

/** Superuser of the embedded Postgres, and the NATS user that sets up streams. */
export const administrator = { role: 'postgres', natsUser: 'airs-setup' }

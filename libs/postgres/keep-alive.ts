/**
 * A connection that waits for a server that is gone learns of it after some 20 s (10 s, then ten probes), or as soon as
 * another machine has its address. Without the delay the system's two hours hold.
 */
export const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const

/** Path of nats-server, looked for on the PATH and where package managers put it. */
export function findNatsServer(path?: string): string | undefined

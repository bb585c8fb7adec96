/** Where the simulated NATS server is. */
export const natsAddress = '127.0.0.9:4222'
export const natsUrl = `nats://${natsAddress}`

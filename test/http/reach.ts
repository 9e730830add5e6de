/** Sends requests for the public base to where a server really listens, over the network. */
export interface Reached {
  fetch(request: Request): Promise<Response>
}

/** @param listening origin that a server listens on, such as `http://127.0.0.1:8080` */
export const reach = (listening: string): Reached => ({
  async fetch(request) {
    const { pathname, search } = new URL(request.url)
    const body = request.method === 'GET' || request.method === 'HEAD' ? null : await request.text()
    return fetch(listening + pathname + search, { method: request.method, headers: request.headers, body })
  },
})

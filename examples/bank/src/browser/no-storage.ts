// The attacker of the demo runs in the same browser as the customer. Without storage the SDK falls back to a device key
// in memory, and to a visit of its own: what this window has of the customer is the password alone.
for (const name of ['indexedDB', 'sessionStorage', 'localStorage']) {
  Object.defineProperty(window, name, { value: undefined })
}

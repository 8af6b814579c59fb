/** What keeps the database key safe: the system's own vault (Keychain, DPAPI, keyring), behind an interface. */
export interface KeyVault {
  /** Wraps a secret for a file; null when the system cannot keep secrets now. */
  protect(secret: Uint8Array): Promise<string | null>;
  /**
   * Opens what `protect` made. `unavailable`: the vault cannot be asked now (locked, not started), try later. `lost`:
   * it was asked and this is not its own. `renew`: the system has a newer key, wrap again.
   */
  reveal(
    wrapped: string,
  ): Promise<
    { ok: true; secret: Uint8Array; renew: boolean } | { ok: false; reason: 'unavailable' | 'lost' }
  >;
}

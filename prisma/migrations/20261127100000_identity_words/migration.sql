-- In a migration of their own: a value cannot be used in the transaction that adds it.

ALTER TYPE "credential_kind" ADD VALUE 'client-certificate';
ALTER TYPE "credential_kind" ADD VALUE 'federated-identity';
-- Identities act themselves where they revoke their own tokens.
ALTER TYPE "actor_kind" ADD VALUE 'identity';

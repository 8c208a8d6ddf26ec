import type { Kysely } from "kysely";
import type { ColumnTypes } from "../server/backend/backend.ts";

/** Accounts and who belongs to them, and the tables of better-auth under plain names. */
export async function up(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable("users")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("email", "text", (c) => c.notNull().unique())
    .addColumn("emailVerified", types.flag, (c) => c.notNull())
    .addColumn("image", "text")
    .addColumn("createdAt", types.date, (c) => c.notNull())
    .addColumn("updatedAt", types.date, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("sessions")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("expiresAt", types.date, (c) => c.notNull())
    .addColumn("token", "text", (c) => c.notNull().unique())
    .addColumn("createdAt", types.date, (c) => c.notNull())
    .addColumn("updatedAt", types.date, (c) => c.notNull())
    .addColumn("ipAddress", "text")
    .addColumn("userAgent", "text")
    .addColumn("userId", "text", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .execute();
  await db.schema.createIndex("sessions_of_user").on("sessions").column("userId").execute();

  await db.schema
    .createTable("credentials")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("accountId", "text", (c) => c.notNull())
    .addColumn("providerId", "text", (c) => c.notNull())
    .addColumn("userId", "text", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("accessToken", "text")
    .addColumn("refreshToken", "text")
    .addColumn("idToken", "text")
    .addColumn("accessTokenExpiresAt", types.date)
    .addColumn("refreshTokenExpiresAt", types.date)
    .addColumn("scope", "text")
    .addColumn("password", "text")
    .addColumn("createdAt", types.date, (c) => c.notNull())
    .addColumn("updatedAt", types.date, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("credentials_of_user").on("credentials").column("userId").execute();

  await db.schema
    .createTable("verifications")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("identifier", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addColumn("expiresAt", types.date, (c) => c.notNull())
    .addColumn("createdAt", types.date, (c) => c.notNull())
    .addColumn("updatedAt", types.date, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("accounts")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("running", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("max_running", "integer", (c) => c.notNull().defaultTo(5))
    .addColumn("last_claimed_at", "bigint", (c) => c.notNull().defaultTo(0))
    .addColumn("contact_count", "bigint", (c) => c.notNull().defaultTo(0))
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("members")
    .addColumn("user_id", "text", (c) => c.primaryKey().references("users.id").onDelete("cascade"))
    .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id"))
    .addColumn("role", "text", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("api_tokens")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("user_id", "text", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("hash", "text", (c) => c.notNull().unique())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("last_used_at", "bigint")
    .execute();
}

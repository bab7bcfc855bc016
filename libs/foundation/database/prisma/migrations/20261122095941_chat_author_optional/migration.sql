-- DropForeignKey
ALTER TABLE "chat_message" DROP CONSTRAINT "chat_message_author_id_fkey";

-- AlterTable
ALTER TABLE "chat_message" ALTER COLUMN "author_id" DROP NOT NULL;

-- AddForeignKey
ALTER TABLE "chat_message" ADD CONSTRAINT "chat_message_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TABLE "order" (id INTEGER, "group" TEXT, "from" INTEGER, "Total" NUMERIC, "unit price" REAL, "say ""hi""" BOOLEAN, "select" TEXT);
CREATE TABLE "Customer Table" ("Id" INTEGER, "order" INTEGER, "größe" TEXT, "user.name" TEXT);
CREATE TABLE measured (id INTEGER, value INTEGER, per INTEGER, ranked TEXT, place TEXT);

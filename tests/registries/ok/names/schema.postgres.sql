CREATE TABLE "order" (id integer, "group" text, "from" integer, "Total" numeric, "unit price" double precision, "say ""hi""" boolean, "select" varchar(20));
CREATE TABLE "Customer Table" ("Id" integer, "order" integer, "größe" text, "user.name" text);
CREATE TABLE measured (id integer, value integer, per integer, ranked text, place text);

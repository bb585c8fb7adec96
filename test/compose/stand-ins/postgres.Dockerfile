# Stands in for postgres:18: the Postgres 18 of npm's embedded-postgres, with the client of Debian.
FROM airs-stand-in
COPY postgres /usr/local/
COPY postgres-entrypoint /usr/local/bin/
RUN useradd --uid 999 --home-dir /var/lib/postgresql postgres && install -d -o 999 -g 999 /var/lib/postgresql
ENV PGDATA=/var/lib/postgresql/18/docker LD_LIBRARY_PATH=/usr/local/lib
VOLUME /var/lib/postgresql
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres-entrypoint"]
CMD ["postgres"]

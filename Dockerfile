# The images of docker-compose.yml: `service`, built for each of the three services, and `gaelocal`.
# It does not need BuildKit, so that Compose 1.29 can build it.
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS python
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp
# A new volume gets its owner from the folder in the image.
RUN echo "timeline:x:10001:10001::/tmp:/usr/sbin/nologin" >> /etc/passwd \
    && mkdir -p /data /keys \
    && chown 10001:10001 /data /keys

# `PIP_OPTIONS="--no-index --find-links=/wheels"` uses only the wheels in containers/wheels.
FROM python AS installing
COPY containers/wheels /wheels
RUN python3 -m venv /opt/venv

# First, because the older builder builds every stage above the requested one.
FROM installing AS gaelocal-packages
ARG PIP_OPTIONS=""
COPY gaelocal/requirements.txt /requirements.txt
RUN python -m pip install --no-cache-dir --disable-pip-version-check --quiet ${PIP_OPTIONS} -r /requirements.txt

# The front door and the emulators: they read the yaml files, and the front door serves the static files.
FROM python AS gaelocal
COPY --from=gaelocal-packages /opt/venv /opt/venv
COPY containers/health.py /app/health.py
COPY gaelocal/src/gaelocal /app/gaelocal
COPY cron.yaml dispatch.yaml index.yaml queue.yaml /app/
COPY services /app/services
RUN python -m compileall -q /app/gaelocal
WORKDIR /app
USER 10001:10001
ENTRYPOINT ["python", "-m", "gaelocal"]

FROM installing AS service-packages
ARG SERVICE
ARG PIP_OPTIONS=""
COPY services/${SERVICE}/requirements.txt /requirements.txt
RUN python -m pip install --no-cache-dir --disable-pip-version-check --quiet ${PIP_OPTIONS} -r /requirements.txt

# The files that gcloud would upload for one service, placed so that its symlink to timeline/ works.
FROM python AS service
ARG SERVICE
COPY --from=service-packages /opt/venv /opt/venv
COPY containers/health.py /app/health.py
COPY timeline /app/timeline
COPY services/${SERVICE} /app/services/${SERVICE}
RUN python -m compileall -q /app
WORKDIR /app/services/${SERVICE}
ENV PORT=8080
USER 10001:10001
# The entrypoint of app.yaml, which is the same in every service.
CMD ["sh", "-c", "exec gunicorn -b :$PORT --worker-class gthread --workers 1 --threads 8 --timeout 0 --no-control-socket --limit-request-line 8190 --limit-request-fields 128 --limit-request-field_size 40960 main:app"]

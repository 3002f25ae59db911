# The production image: web, worker, beat and the commands are this one image.
FROM node:22-slim AS assets
WORKDIR /assets
COPY sales_mgmt/assets/package.json sales_mgmt/assets/package-lock.json sales_mgmt/assets/.npmrc ./
RUN npm ci

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
COPY --from=assets /assets/node_modules sales_mgmt/assets/node_modules
# Neither step touches a database; the key signs nothing that outlives the build.
RUN python manage.py compile_translations \
    && SECRET_KEY=build STATIC_ROOT=/app/static-collected python manage.py collectstatic --noinput \
    && useradd --system --uid 10001 sales \
    && install -d -o sales /data
ENV STATE_DIR=/data STATIC_ROOT=/app/static-collected
USER sales
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "python:sales_mgmt.runtime.gunicorn_conf", "--bind", "0.0.0.0:8000", "sales_mgmt.wsgi"]

#!/usr/bin/env bash
# Submits so many shards, and behind them the run that writes the collection:
# submit.sh QUEUE SHARDS s3://scans/collection s3://site/collection https://images.example.org/collection
set -euo pipefail
(($# == 5)) || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
queue=$1 shards=$2
parameters="from=$3,to=$4,url=$5"
((shards >= 2 && shards <= 10000)) || { echo "AWS Batch takes arrays of 2 to 10000" >&2; exit 2; }

job=$(aws batch submit-job --job-name recto-tile --job-queue "$queue" --job-definition recto-tile \
    --array-properties "size=$shards" --parameters "$parameters" --query jobId --output text)
aws batch submit-job --job-name recto-tile-collection --job-queue "$queue" --job-definition recto-tile \
    --depends-on "jobId=$job" --parameters "$parameters"

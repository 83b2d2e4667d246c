locals {
  # How long a mistaken deletion or overwrite can be undone.
  noncurrent_days = 30
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket

  # What it says of versions holds once there are any.
  depends_on = [aws_s3_bucket_versioning.this]

  rule {
    id     = "leftovers"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = local.noncurrent_days
    }

    # Of deleted objects without versions.
    dynamic "expiration" {
      for_each = var.expiration_days == null ? [true] : []

      content {
        expired_object_delete_marker = true
      }
    }

    # S3 removes such markers by itself where objects expire by their age.
    dynamic "expiration" {
      for_each = var.expiration_days == null ? [] : [var.expiration_days]

      content {
        days = expiration.value
      }
    }
  }
}

//! JPEG, through libjpeg-turbo.

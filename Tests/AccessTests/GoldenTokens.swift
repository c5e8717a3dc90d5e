/// Keys and tokens made once with `openssl genpkey -algorithm RSA` and `openssl dgst -sha256 -sign`; the private halves are gone.
enum GoldenTokens {
    /// `n` of the 2048-bit key `rsa-1`.
    static let modulus =
        "qg04LW-"
        + "jy4MDxvzZ2iGGchMUavS1V8Vd9SB_uyM2Op0tl6g-1imkVfjoEri6dWYZytQ35zfqUbaVHzA7DK-V7mLU8ty3q3f_YfztT-wN0bm"
        + "BOVwBpclTHGcYcv7b9e1bUVaTEFnj37VDT_WK6i6Qp6cbQ1uzH2Hy2wfSEBG4zhjlIp3aFxQEK8ixoDN0TT7Xe_4VKmxzNzfHRls"
        + "TQU_Bxus_w9jWGUgJqtGJuFvVEGLdtCjCiztfi5DjZvH-b3zCpIxtSFOivPuRaKhp7vsYT2AVO1Kcao_pqFbad8IqkZP-L-"
        + "WeRvjdmmEuCHH7Y7fHEqQ4EhOyYFzcErGgz8ow2Q"

    /// `n` of the 1024-bit key `weak`.
    static let weakModulus =
        "kr2aEyJqKonZPR-rthF-48z0Y82Jd5LQfXzDuMNf00Kb2Vud1nlxocJK1XU5rRJPYQM0GIVj-udoO1ODuQ_M-"
        + "qhR1-58W4LRFiu8DNJ2cIxSm6OetsPNAttOvmxZJJShBU81r3nINpkmOtTNoB2fDNQbhytBv_mnHIEJWLzhBAk"

    /// From 1800000000 to 1800003600 for `slipway` and `other`, by `https://auth.example`.
    static let rs256 =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYS0xIn0.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZSIsImF1"
        + "ZCI6WyJzbGlwd2F5Iiwib3RoZXIiXSwic3ViIjoiMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1IiwiaWF0Ijox"
        + "ODAwMDAwMDAwLCJuYmYiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMzYwMH0.ZloNqRC4muT_g81aKb7veUAvbKWgVCmJhzKfBnq5"
        + "lvOnfmLzvN7F7PuO4HbkjDto3NhAfHn2wYLsYT0GDu0tSLzy-"
        + "3pmXEqQ7t81CSPSEpGxPS0fe1SwYf3k5xQdQUHTVvMqWmuBGNqCTAfHJWdJRagt7cwBN4vezNbQC_1zm06zwLzb_URxyAC8v58Ox"
        + "JcPTzDsSELvpuHfLSIJwN5j4OUBPEpIcMU3UOaNZi_j709QqcMEEKcwqhmDinfJF3NNv9zTvyYpI65OFHlJmRGsShJvAsmkSFNye"
        + "f4IX7I2BTV_P7UEvPHXuHCo_l56wcBlmpZFx4EqOz1gOqkPA1HK-w"

    /// The same by the same key, as RS512.
    static let rs512 =
        "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCIsImtpZCI6InJzYS0xIn0.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZSIsImF1"
        + "ZCI6WyJzbGlwd2F5Iiwib3RoZXIiXSwic3ViIjoiMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1IiwiaWF0Ijox"
        + "ODAwMDAwMDAwLCJuYmYiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMzYwMH0.B1RBhHE7pEz9XIpPP7xqROHhqknsnre6X1B--c_-"
        + "Hd3mFnFw5eS0bqGcIut7s3ghjXT3cwbxLSpHO2TurvESsiTD4w8P7l9pJFq3zp187vew_NVVcxtN9e_fmggLEEF02wFKF7eyT2LT"
        + "vs1vNwRVo0X0lVfk6fuCwSkmudF8tC8NcRs5unvUN8ONS5qwyXmscmMw6MoE9u-"
        + "zoV6wR7Wn8a7CcmmZcUTaYK5WvfqIX5KggFkMMeDMiN3mi0-"
        + "xpefaOJgCf8aQKLnpMcbwl4OEYc8KTZp0ec9Fc_IpVoBynW9qTjv-_TGJOiAFroNTpcfB93en7ds_x5mvV5QCWGBAuw"

    /// The same by the weak key.
    static let weak =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IndlYWsifQ.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZSIsImF1Z"
        + "CI6WyJzbGlwd2F5Iiwib3RoZXIiXSwic3ViIjoiMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1IiwiaWF0IjoxO"
        + "DAwMDAwMDAwLCJuYmYiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMzYwMH0.LcPle8xEKuRgka5Gh983yHz-"
        + "C0q4DYuYHikhCrUcW1EJxjpI8DrhWcSYx210XsRCVqktokPkY5EMbysF7WSk8-"
        + "mGhyCPsfoCAoC9uEkkd2pQR01u0LcCloYcxBDPL91NJiNK8H9u8tvBnyVkLi2UOV6ljCTZ_7qR-ZB7ITyvuX8"

    /// `rsa-1` as a file would have it.
    static let pem = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqg04LW+jy4MDxvzZ2iGG
        chMUavS1V8Vd9SB/uyM2Op0tl6g+1imkVfjoEri6dWYZytQ35zfqUbaVHzA7DK+V
        7mLU8ty3q3f/YfztT+wN0bmBOVwBpclTHGcYcv7b9e1bUVaTEFnj37VDT/WK6i6Q
        p6cbQ1uzH2Hy2wfSEBG4zhjlIp3aFxQEK8ixoDN0TT7Xe/4VKmxzNzfHRlsTQU/B
        xus/w9jWGUgJqtGJuFvVEGLdtCjCiztfi5DjZvH+b3zCpIxtSFOivPuRaKhp7vsY
        T2AVO1Kcao/pqFbad8IqkZP+L+WeRvjdmmEuCHH7Y7fHEqQ4EhOyYFzcErGgz8ow
        2QIDAQAB
        -----END PUBLIC KEY-----
        """
}

use actix_web::http::header::{self, HeaderMap};

/// Returns the raw values of all cookies called `name`.
///
/// `HttpRequest::cookie` fails for all cookies if one of them, perhaps of another application, is not UTF-8.
pub fn cookie_values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .get_all(header::COOKIE)
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let is_named = parts.next()?.trim_ascii() == name.as_bytes();
            is_named.then(|| parts.next().unwrap_or_default().trim_ascii())
        })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn values(headers: &[&str], name: &str) -> Vec<String> {
        let request = headers.iter().fold(TestRequest::default(), |request, value| {
            request.append_header((header::COOKIE, *value))
        });
        let request = request.to_http_request();
        let values = cookie_values(request.headers(), name);
        values
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    #[test]
    fn every_cookie_of_the_name_is_found_whatever_stands_beside_it() {
        let headers = ["a=1; other=%ff%zz; ab=2", "a=3=4;b", "A=5"];
        assert_eq!(values(&headers, "a"), ["1", "3=4"]);
        assert_eq!(values(&headers, "b"), [""]);
        assert!(values(&headers, "c").is_empty());
    }
}

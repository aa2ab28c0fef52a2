using Meridian.Primitives;

namespace Meridian.Domain.Exchanges;

/// <summary>Which places outside may be named at all. Which of them a depot may reach, its operator says.</summary>
public static class OutsideRules
{
    private const int UrlLengthMax = 2_000;
    private const int HashLength = 64;

    /// <summary>Parts of an address that are a credential by themselves. The journal keeps addresses, and must hold no secret.</summary>
    private static readonly string[] SecretWords =
        ["X-Amz-Signature", "X-Amz-Credential", "X-Goog-Signature", "Signature", "sig", "token", "access_token", "api_key", "apikey", "key", "password"];

    /// <summary>Why the request names no place that can be used, or nothing.</summary>
    public static Fault? FaultOf(ExchangeRequest request)
    {
        var place = request.Place;
        if (place.Url.Length > UrlLengthMax || place.Endpoint.Length > UrlLengthMax || !Uri.TryCreate(place.Url, UriKind.Absolute, out var url))
            return Fault.Of("bad-place", place.Url.Length > UrlLengthMax ? place.Url[..UrlLengthMax] : place.Url);
        if (HasSecret(url) || (Uri.TryCreate(place.Endpoint, UriKind.Absolute, out var endpoint) && HasSecret(endpoint)))
            return Fault.Of("bad-place-secret", url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));
        if (place.Store.Length > 0 && !Names.IsValid(place.Store))
            return Fault.Of("bad-name", place.Store);
        return IsUsable(request, url) ? HashFault(request, url) : Fault.Of("bad-place", place.Url);
    }

    private static bool IsUsable(ExchangeRequest request, Uri url) => url.Scheme switch
    {
        "s3" => url.Host.Length > 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            && (request.Place.Endpoint.Length == 0
                ? request.Place.Store.Length > 0
                : Uri.TryCreate(request.Place.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https" && endpoint.Query.Length == 0),
        "file" => url.Host.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            && request.Place.Endpoint.Length == 0 && request.Place.Store.Length == 0,
        "http" or "https" => request.Direction == ExchangeDirection.Import && request.Place.Endpoint.Length == 0 && url.Fragment.Length == 0,
        _ => false,
    };

    private static Fault? HashFault(ExchangeRequest request, Uri url)
    {
        var hash = request.Sha256;
        var mayHave = request.Direction == ExchangeDirection.Import && url.Scheme is "http" or "https";
        return hash.Length == 0 || (mayHave && hash.Length == HashLength && hash.All(char.IsAsciiHexDigitLower)) ? null : Fault.Of("bad-hash", hash.Length);
    }

    private static bool HasSecret(Uri url) => url.UserInfo.Length > 0
        || url.Query.TrimStart('?').Split('&').Any(pair => SecretWords.Contains(pair.Split('=')[0], StringComparer.OrdinalIgnoreCase));
}

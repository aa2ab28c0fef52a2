using Microsoft.AspNetCore.Http;

namespace Meridian.ControlPlane.Api;

/// <summary>The language that a request asks for.</summary>
internal static class Language
{
    /// <summary>Whether <c>Accept-Language</c> begins with Chinese.</summary>
    public static bool IsChinese(HttpRequest request) =>
        request.Headers.AcceptLanguage.ToString().StartsWith("zh", StringComparison.OrdinalIgnoreCase);
}

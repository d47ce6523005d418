# SPDX-License-Identifier: Apache-2.0
"""`designate.wsgi.api:application` for uWSGI, gunicorn and mod_wsgi (SERVICES section 13.1).

The environment's OS_DESIGNATE_CONFIG_DIR names the folder of designate.conf and api-paste.ini;
without it the usual places are searched.
"""

from designate.cmd import wsgi

application = wsgi.application()
